//! A printer's data as a stream of bytes, for whatever writes long texts.

use std::io::{self, Write};

use super::Printer;

/// See the module. Whole characters are printed as they come; whoever writes little at a time puts a buffer before it.
/// What nobody reads any more is thrown away.
#[derive(Debug)]
pub struct DataStream(Printer);

impl DataStream {
    /// Over a printer's stdout.
    #[must_use]
    pub fn new(printer: &Printer) -> Self {
        Self(printer.clone())
    }
}

impl Write for DataStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A character may be cut in two by the buffer: its first half waits for the next call.
        let whole = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) if error.valid_up_to() == 0 => return Err(io::ErrorKind::InvalidData.into()),
            Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
        };
        self.0.raw_data(whole);
        Ok(whole.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
