//! Bytes of any encoding in, UTF-8 out, as a stream.
//!
//! A file without a byte order mark is undecided until its first byte beyond ASCII: only there can its
//! encoding be told, and everything before means the same in all candidates.
//!
//! What cannot be decoded becomes the byte [`UNDECODABLE`], which no UTF-8 contains: the cell that
//! holds it is found to be invalid later, and nothing is ever replaced in silence.

use std::io::{self, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, WINDOWS_1252};

use crate::domain::Country;

/// Stands for what the encoding does not allow.
const UNDECODABLE: u8 = 0xff;

/// Bytes that are read, and judged, at once.
pub(super) const CHUNK: usize = 64 * 1024;

/// A reader of UTF-8, with [`UNDECODABLE`] where there is none.
pub(in crate::audience) struct Utf8Stream {
    input: Box<dyn Read + Send>,
    /// Read, but not yet decoded.
    pending: Vec<u8>,
    decoding: Decoding,
    country: Country,
    ended: bool,
}

enum Decoding {
    Undecided,
    Utf8,
    Other(Decoder),
}

impl Utf8Stream {
    /// A stream of `prefix` (without byte order mark) and then `input`, in `encoding` where it is known.
    pub(in crate::audience) fn new(
        prefix: Vec<u8>,
        input: Box<dyn Read + Send>,
        encoding: Option<&'static Encoding>,
        country: Country,
    ) -> Self {
        let decoding = encoding.map_or(Decoding::Undecided, Decoding::of);
        Self { input, pending: prefix, decoding, country, ended: false }
    }

    /// The encoding, `UTF-8` as long as nothing but ASCII was seen.
    pub(in crate::audience) fn encoding(&self) -> &'static str {
        match &self.decoding {
            Decoding::Undecided | Decoding::Utf8 => UTF_8.name(),
            Decoding::Other(decoder) => decoder.encoding().name(),
        }
    }

    /// Appends the next part to `output`; `false` at the end.
    pub(super) fn read_into(&mut self, output: &mut Vec<u8>) -> io::Result<bool> {
        let length = output.len();
        while output.len() == length && !self.is_spent() {
            if self.pending.is_empty() {
                self.read_chunk()?;
            }
            self.decode_pending(output)?;
        }
        Ok(output.len() > length)
    }

    fn is_spent(&self) -> bool {
        self.ended && self.pending.is_empty()
    }

    fn read_chunk(&mut self) -> io::Result<()> {
        let read = self.input.by_ref().take(CHUNK as u64).read_to_end(&mut self.pending)?;
        self.ended = read < CHUNK;
        Ok(())
    }

    fn decode_pending(&mut self, output: &mut Vec<u8>) -> io::Result<()> {
        while matches!(self.decoding, Decoding::Undecided) && !self.pending.is_ascii() {
            match judged(&self.pending, self.ended, self.country) {
                Some(encoding) => self.decoding = Decoding::of(encoding),
                None => self.read_chunk()?,
            }
        }
        match &mut self.decoding {
            Decoding::Undecided | Decoding::Utf8 => output.append(&mut self.pending),
            Decoding::Other(decoder) => {
                decode(decoder, &self.pending, self.ended, output);
                self.pending.clear();
            }
        }
        Ok(())
    }
}

impl Decoding {
    fn of(encoding: &'static Encoding) -> Self {
        if encoding == UTF_8 { Self::Utf8 } else { Self::Other(encoding.new_decoder_without_bom_handling()) }
    }
}

fn decode(decoder: &mut Decoder, mut bytes: &[u8], last: bool, output: &mut Vec<u8>) {
    loop {
        let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(CHUNK);
        let start = output.len();
        output.resize(start + room, 0);
        let (result, read, written) =
            decoder.decode_to_utf8_without_replacement(bytes, &mut output[start..], last);
        output.truncate(start + written);
        bytes = &bytes[read..];
        match result {
            DecoderResult::InputEmpty => return,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => output.push(UNDECODABLE),
        }
    }
}

/// The encoding of bytes beyond ASCII; `None` when the only evidence is cut at their end.
///
/// A few invalid bytes among many valid sequences are damage in UTF-8, not another encoding: taking
/// the whole for Windows-1252 would send "JosÃ©" to everyone.
fn judged(bytes: &[u8], is_end: bool, country: Country) -> Option<&'static Encoding> {
    const VALID_FOR_EACH_INVALID: usize = 4;
    let (mut valid, mut invalid) = (0, 0);
    let mut chunks = bytes.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        valid += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        let is_cut = chunks.peek().is_none() && !is_end && is_begin_of_sequence(chunk.invalid());
        invalid += usize::from(!chunk.invalid().is_empty() && !is_cut);
    }
    match (valid, invalid) {
        (0, 0) => None,
        (valid, invalid) if valid >= invalid * VALID_FOR_EACH_INVALID => Some(UTF_8),
        _ => Some(guessed(bytes, is_end, country)),
    }
}

fn is_begin_of_sequence(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

/// Countries whose languages Windows-1252 writes in full: there, no other encoding of one byte is in
/// use. A detector would now and then see another alphabet in a few accented letters.
const WINDOWS_1252_COUNTRIES: [&str; 42] = [
    "AO", "AR", "AT", "AU", "BE", "BO", "BR", "CA", "CH", "CL", "CO", "CR", "CU", "CV", "DE", "DK", "DO",
    "EC", "ES", "FI", "FR", "GB", "GT", "HN", "IE", "IT", "LU", "MX", "MZ", "NI", "NL", "NO", "NZ", "PA",
    "PE", "PT", "PY", "SE", "SV", "US", "UY", "VE",
];

/// The encoding of bytes that are not UTF-8: the country's, or what `chardetng` makes of them.
fn guessed(bytes: &[u8], is_end: bool, country: Country) -> &'static Encoding {
    if WINDOWS_1252_COUNTRIES.contains(&country.code()) {
        return WINDOWS_1252;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, is_end);
    let domain = country.code().to_ascii_lowercase();
    detector.guess(Some(domain.as_bytes()), Utf8Detection::Deny)
}

#[cfg(test)]
mod tests {
    use encoding_rs::{UTF_16LE, WINDOWS_1251};

    use super::*;

    /// Reads all of `bytes`, the first `split` of them as prefix.
    fn decoded(bytes: &[u8], split: usize, encoding: Option<&'static Encoding>) -> (Vec<u8>, &'static str) {
        decoded_in(Country::BRAZIL, bytes, split, encoding)
    }

    fn decoded_in(
        country: Country,
        bytes: &[u8],
        split: usize,
        encoding: Option<&'static Encoding>,
    ) -> (Vec<u8>, &'static str) {
        let (prefix, rest) = bytes.split_at(split.min(bytes.len()));
        let input = Box::new(io::Cursor::new(rest.to_vec()));
        let mut stream = Utf8Stream::new(prefix.to_vec(), input, encoding, country);
        let mut output = Vec::new();
        while stream.read_into(&mut output).expect("memory") {}
        (output, stream.encoding())
    }

    #[test]
    fn encodings_are_found() {
        let text = "nome;cidade\nJosé;São Paulo\nConceição;Maringá\n";
        let (latin, ..) = WINDOWS_1252.encode(text);
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for split in [0, 1, 7, 17, usize::MAX] {
            assert_eq!(decoded(text.as_bytes(), split, None), (text.as_bytes().to_vec(), "UTF-8"));
            assert_eq!(decoded(&latin, split, None), (text.as_bytes().to_vec(), "windows-1252"));
            assert_eq!(decoded(&wide, split, Some(UTF_16LE)), (text.as_bytes().to_vec(), "UTF-16LE"));
        }
        for short in ["São", "Ação", "ª", "João;11987654321", "À vista – 10% “desconto”"] {
            let (latin, ..) = WINDOWS_1252.encode(short);
            assert_eq!(decoded(&latin, 0, None).0, short.as_bytes(), "{short}");
        }
    }

    #[test]
    fn elsewhere_the_letters_tell() {
        let text = "имя;телефон\nАнна;84957654321\n";
        let (cyrillic, ..) = WINDOWS_1251.encode(text);
        let russia = Country::from_code("RU").expect("letters");
        assert_eq!(decoded_in(russia, &cyrillic, 0, None), (text.as_bytes().to_vec(), "windows-1251"));
    }

    #[test]
    fn the_first_letter_beyond_ascii_decides_however_late() {
        let ascii = "5511987654321;sim\n".repeat(20_000);
        let mut latin = ascii.clone().into_bytes();
        latin.extend_from_slice(b"5511987654321;n\xe3o\n");
        let (output, encoding) = decoded(&latin, CHUNK, None);
        assert!(output == format!("{ascii}5511987654321;não\n").as_bytes());
        assert_eq!(encoding, "windows-1252");
    }

    #[test]
    fn a_sequence_cut_by_a_chunk_is_no_evidence() {
        let text = format!("{}é{}", "a".repeat(CHUNK - 1), "b".repeat(10));
        let (output, encoding) = decoded(text.as_bytes(), 0, None);
        assert!(output == text.as_bytes());
        assert_eq!(encoding, "UTF-8");
    }

    #[test]
    fn damage_is_kept_visible() {
        let mut damaged = "José Conceição Antônio Mário\n".repeat(3).into_bytes();
        damaged.extend_from_slice(b"Jos\xe9\n");
        let (output, encoding) = decoded(&damaged, 0, None);
        assert_eq!((output, encoding), (damaged, "UTF-8"));

        let lone_surrogate = [b'a', 0, 0x00, 0xd8, b'b', 0];
        assert_eq!(decoded(&lone_surrogate, 0, Some(UTF_16LE)).0, b"a\xffb");
        let odd_length = [b'a', 0, b'b'];
        assert_eq!(decoded(&odd_length, 0, Some(UTF_16LE)).0, b"a\xff");
    }
}
