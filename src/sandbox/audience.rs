//! Made-up audiences, the same for the same three numbers on any machine: for rehearsals, tests and benchmarks.
//!
//! The numbers have the form of Brazilian mobiles, of every area code in turn, and may belong to people: they are
//! for a sandbox.

use std::io::{self, Write};

use super::scenario::draw;

/// The header.
pub const HEADER: &str = "nome,telefone,cidade,pedido\n";

/// Area codes, each with a city of its state.
const PLACES: [(&str, &str); 16] = [
    ("11", "São Paulo"),
    ("21", "Rio de Janeiro"),
    ("27", "Vitória"),
    ("31", "Belo Horizonte"),
    ("41", "Curitiba"),
    ("48", "Florianópolis"),
    ("51", "Porto Alegre"),
    ("61", "Brasília"),
    ("62", "Goiânia"),
    ("65", "Cuiabá"),
    ("71", "Salvador"),
    ("81", "Recife"),
    ("85", "Fortaleza"),
    ("91", "Belém"),
    ("92", "Manaus"),
    ("98", "São Luís"),
];

const NAMES: [&str; 16] = [
    "Ana", "Bruno", "Carla", "Diego", "Érica", "Fábio", "Gabriela", "Heitor", "Inês", "João", "Karina",
    "Luís", "Márcia", "Nuno", "Otávio", "Paula",
];

/// Mobile numbers of an area code that may be given: 98000-0000 to 99999-9999.
const LOCAL: u64 = 20_000_000;

/// As many people there are at most; beyond, numbers come again.
pub const MOST: u64 = LOCAL * PLACES.len() as u64;

/// Whether a row is a dirty one; and how it is.
const DIRTY: u64 = 0;
const WAY: u64 = 1;

/// Who is in an audience.
#[derive(Debug, Clone, Copy)]
pub struct Audience {
    /// Rows, the header aside.
    pub rows: u64,
    /// Other numbers for another.
    pub seed: u64,
    /// Of so many in a hundred rows something is untidy: written in another shape, doubled, or no number at all.
    pub dirty_percent: u8,
}

impl Audience {
    /// Writes it as CSV, with its header.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(HEADER.as_bytes())?;
        for row in 0..self.rows {
            let (code, city) = place(row);
            let name = NAMES[usize::try_from(row / 7 % 16).unwrap_or_default()];
            let is_dirty =
                self.dirty_percent > 0 && draw(self.seed, row, DIRTY) % 100 < u64::from(self.dirty_percent);
            if is_dirty {
                writeln!(out, "{name},{},{city},{row}", self.untidy(row))?;
            } else {
                writeln!(out, "{name},55{code}9{},{city},{row}", self.local(row))?;
            }
        }
        Ok(())
    }

    /// The last eight digits, all different within an area code.
    fn local(&self, row: u64) -> u64 {
        // Coprime with `LOCAL`, so that no number comes twice before all have come.
        const STEP: u64 = 61_803_397;
        let nth = row / PLACES.len() as u64 % LOCAL;
        80_000_000 + (nth * STEP + self.seed % LOCAL) % LOCAL
    }

    fn untidy(&self, row: u64) -> String {
        let (code, local) = (place(row).0, self.local(row));
        let (first, last) = (local / 10_000, local % 10_000);
        match draw(self.seed, row, WAY) % 6 {
            0 => format!("({code}) 9{first}-{last:04}"),
            1 => format!("+55 {code} 9{first} {last:04}"),
            2 => format!("0{code}9{local}"),
            3 => {
                let before = row.saturating_sub(PLACES.len() as u64);
                format!("+55 ({}) 9{}", place(before).0, self.local(before))
            }
            4 => format!("55{code}9{}", local / 1_000),
            _ => "não informado".to_owned(),
        }
    }
}

fn place(row: u64) -> (&'static str, &'static str) {
    PLACES[usize::try_from(row % PLACES.len() as u64).unwrap_or_default()]
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn text(rows: u64, seed: u64, dirty_percent: u8) -> String {
        let mut out = Vec::new();
        Audience { rows, seed, dirty_percent }.write(&mut out).expect("a vector takes everything");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn the_same_numbers_make_the_same_audience() {
        insta::assert_snapshot!(text(12, 1, 60), @r"
        nome,telefone,cidade,pedido
        Ana,5511980000001,São Paulo,0
        Ana,5521980000001,Rio de Janeiro,1
        Ana,(27) 98000-0001,Vitória,2
        Ana,5531980000001,Belo Horizonte,3
        Ana,5541980000001,Curitiba,4
        Ana,+55 (11) 980000001,Florianópolis,5
        Ana,051980000001,Porto Alegre,6
        Bruno,5561980000,Brasília,7
        Bruno,5562980000,Goiânia,8
        Bruno,5565980000001,Cuiabá,9
        Bruno,5571980000001,Salvador,10
        Bruno,+55 (11) 980000001,Recife,11
        ");
        assert_eq!(text(500, 7, 30), text(500, 7, 30));
        assert_ne!(text(500, 7, 30), text(500, 8, 30));
        assert!(text(500, 7, 30).starts_with(&text(100, 7, 30)));
    }

    #[test]
    fn clean_people_are_all_different() {
        let text = text(100_000, 3, 0);
        let numbers: HashSet<_> = text.lines().skip(1).filter_map(|line| line.split(',').nth(1)).collect();
        assert_eq!(numbers.len(), 100_000);
        assert!(numbers.iter().all(|number| number.len() == 13));
    }
}
