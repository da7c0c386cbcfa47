//! What a report says about one recipient, in the workspace's language.

use std::sync::Arc;

use jiff::Timestamp;

use super::text::moment;
use crate::domain::{DoubtCause, Language, ProviderLimits, Reason};

/// The language of a report, and the tables in which its run's providers explain their failures.
#[derive(Debug, Clone)]
pub struct Words {
    language: Language,
    limits: Vec<Arc<ProviderLimits>>,
}

/// Sentences of ours about one recipient, without a full stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remark {
    /// The call is being made.
    InFlight,
    /// In doubt, and counted as sent.
    Assumed,
    /// A person said that it was sent.
    ConfirmedByPerson,
    /// The provider knew of it when it was asked later.
    ConfirmedByProvider,
    /// A receipt of it came.
    ConfirmedByReceipt,
    /// Reached by an earlier run.
    Already,
    /// On the suppression list.
    Suppressed,
    /// The run was cancelled first.
    Cancelled,
    /// Had as many messages as the frequency cap allows.
    Capped,
    /// The run's validity ended first.
    Expired,
}

impl Words {
    /// Words of this language, over the limits of the channels of a run.
    #[must_use]
    pub fn new(language: Language, limits: Vec<Arc<ProviderLimits>>) -> Self {
        Self { language, limits }
    }

    /// A provider's reason, with its own words behind ours. What no table knows stays as the journal has it.
    #[must_use]
    pub fn reason(&self, reason: &Reason) -> String {
        let (sentence, said) = reason.parts();
        let translate =
            |limits: &Arc<ProviderLimits>| limits.translate(&reason.code, sentence, self.language);
        let sentence = self.limits.iter().find_map(translate).unwrap_or_else(|| sentence.to_owned());
        match (said, self.language) {
            (None, _) => sentence,
            (Some(said), Language::English) => format!("{sentence}; the provider says: {said}"),
            (Some(said), Language::Portuguese) => format!("{sentence}; o provedor diz: {said}"),
            (Some(said), Language::Spanish) => format!("{sentence}; el proveedor dice: {said}"),
        }
    }

    /// Why nobody can say whether somebody was messaged.
    #[must_use]
    pub fn doubt(&self, cause: DoubtCause) -> String {
        match self.language {
            Language::English => cause.to_string(),
            Language::Portuguese => match cause {
                DoubtCause::Crash => {
                    "o Disparo parou antes de a resposta do provedor ser registrada".to_owned()
                }
                DoubtCause::Timeout => "o provedor não respondeu a tempo".to_owned(),
                DoubtCause::ConnectionLost => "a conexão caiu antes de o provedor responder".to_owned(),
                DoubtCause::UnreadableReply => "não foi possível ler a resposta do provedor".to_owned(),
                DoubtCause::IncompleteReply => {
                    "a resposta do provedor não menciona este destinatário".to_owned()
                }
                DoubtCause::UnexpectedStatus(status) => {
                    format!("o provedor respondeu com o status HTTP {status}")
                }
                DoubtCause::UnexplainedFailure => "o provedor relatou uma falha que nada prova".to_owned(),
            },
            Language::Spanish => match cause {
                DoubtCause::Crash => {
                    "Disparo se detuvo antes de registrar la respuesta del proveedor".to_owned()
                }
                DoubtCause::Timeout => "el proveedor no respondió a tiempo".to_owned(),
                DoubtCause::ConnectionLost => {
                    "la conexión se perdió antes de que el proveedor respondiera".to_owned()
                }
                DoubtCause::UnreadableReply => "no se pudo leer la respuesta del proveedor".to_owned(),
                DoubtCause::IncompleteReply => {
                    "la respuesta del proveedor no menciona a este destinatario".to_owned()
                }
                DoubtCause::UnexpectedStatus(status) => {
                    format!("el proveedor respondió con el estado HTTP {status}")
                }
                DoubtCause::UnexplainedFailure => {
                    "el proveedor informó de un fallo que no prueba nada".to_owned()
                }
            },
        }
    }

    /// Nothing was heard of a message since then, although the provider was asked.
    #[must_use]
    pub fn no_news(&self, since: Timestamp) -> String {
        let since = moment(since);
        match self.language {
            Language::English => format!("no news since {since}, though the provider was asked"),
            Language::Portuguese => {
                format!("sem notícias desde {since}, embora o provedor tenha sido consultado")
            }
            Language::Spanish => format!("sin noticias desde {since}, aunque se consultó al proveedor"),
        }
    }

    /// A sentence of ours.
    #[must_use]
    pub fn remark(&self, remark: Remark) -> String {
        let [en, pt, es] = match remark {
            Remark::InFlight => {
                ["the call is in flight", "a chamada está em andamento", "la llamada está en curso"]
            }
            Remark::Assumed => [
                "nobody knows; it counts as sent",
                "ninguém sabe; conta como enviada",
                "nadie lo sabe; cuenta como enviado",
            ],
            Remark::ConfirmedByPerson => [
                "somebody confirmed that it was sent",
                "alguém confirmou que foi enviada",
                "alguien confirmó que se envió",
            ],
            Remark::ConfirmedByProvider => [
                "the provider, asked later, had it",
                "o provedor, consultado depois, a tinha",
                "el proveedor, consultado después, lo tenía",
            ],
            Remark::ConfirmedByReceipt => [
                "a delivery notice proved that it was sent",
                "um aviso de entrega provou que foi enviada",
                "un aviso de entrega demostró que se envió",
            ],
            Remark::Already => [
                "an earlier run of the campaign reached this person",
                "uma execução anterior da campanha já alcançou esta pessoa",
                "una ejecución anterior de la campaña ya llegó a esta persona",
            ],
            Remark::Suppressed => [
                "the person is on the suppression list",
                "a pessoa está na lista de supressão",
                "la persona está en la lista de supresión",
            ],
            Remark::Cancelled => [
                "the run was cancelled before the message was sent",
                "a execução foi cancelada antes de a mensagem ser enviada",
                "la ejecución se canceló antes de enviar el mensaje",
            ],
            Remark::Capped => [
                "the person has had as many messages as the frequency cap allows",
                "a pessoa já recebeu tantas mensagens quantas o limite de frequência permite",
                "la persona ya recibió tantos mensajes como permite el límite de frecuencia",
            ],
            Remark::Expired => [
                "the campaign's validity ended before the message was sent",
                "a validade da campanha terminou antes de a mensagem ser enviada",
                "la validez de la campaña terminó antes de enviar el mensaje",
            ],
        };
        match self.language {
            Language::English => en,
            Language::Portuguese => pt,
            Language::Spanish => es,
        }
        .to_owned()
    }
}
