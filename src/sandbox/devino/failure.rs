//! How Devino says later that a message reached nobody (seed 002, "Códigos de erro" of the webhook of statuses).
//! Magic numbers end in the code.

use crate::sandbox::statuses::{Failure, Failures};

const fn row(ending: u16, code: &'static str, sentence: &'static str) -> (u16, Failure) {
    (ending, Failure { code, sentence })
}

/// Last digits of magic numbers, and what becomes of messages to them.
pub(super) const FAILURES: Failures = &[
    row(2000, "2000", "Operador receptor não definido"),
    row(2001, "2001", "Rejeitado como spam"),
    row(2002, "2002", "Erro de faturamento"),
    row(2003, "2003", "Erro de faturamento"),
    row(2004, "2004", "Erro de faturamento"),
    row(2005, "2005", "Fundos insuficientes"),
    row(2006, "2006", "Erro de faturamento"),
    row(2007, "2007", "Erro de faturamento"),
    row(2008, "2008", "Erro de faturamento"),
    row(2009, "2009", "Rejeitado como duplicado"),
    row(2010, "2010", "Tempo de vida expirou"),
    row(2011, "2011", "Tempo de vida expirou"),
    row(2012, "2012", "Erro de faturamento"),
    row(2017, "2017", "Rejeitado como spam"),
    row(2300, "2300", "Limite de comprimento de texto de mensagem excedido"),
    row(2301, "2301", "Muitas mensagens foram enviadas em um curto período de tempo. Repita o envio"),
    row(2302, "2302", "Rejeitado como spam"),
    row(
        2303,
        "2303",
        "O tipo MIME especificado não é compatível ou a imagem é muito grande (maior ou igual a 5 MB)",
    ),
    row(2304, "2304", "Limite de comprimento de texto de mensagem excedido"),
    row(2305, "2305", "O usuário não usou ou não usa mais o WhatsApp"),
    row(
        2307,
        "2307",
        "Ocorre ao tentar enviar uma mensagem para o número de telefone da conta comercial a partir da qual o envio é feito",
    ),
    row(2308, "2308", "O número de parâmetros do modelo especificado não corresponde ao número esperado"),
    row(2309, "2309", "O modelo não existe para o idioma ou local especificado"),
    row(2310, "2310", "O modelo não existe para o idioma ou local especificado"),
    row(2311, "2311", "Excedendo o comprimento do parâmetro do modelo"),
    row(2312, "2312", "A mensagem foi enviada fora da caixa de diálogo e sem especificar o modelo"),
    row(2313, "2313", "Erro desconhecido"),
];
