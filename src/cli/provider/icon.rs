//! A picture from a file: its bytes, and its type by them.

use std::fs;
use std::path::Path;

use crate::cli::failure::Failure;
use crate::ui::words;

/// Bytes of a picture at most: the plan and the call hold it whole.
const MOST: u64 = 8 << 20;

/// How pictures begin, and the MIME type of each.
const BEGINNINGS: [(&[u8], &str); 3] =
    [(b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"GIF8", "image/gif")];

/// The picture in a file, and its MIME type: as it is `given`, or as its first bytes say.
///
/// # Errors
/// When the file cannot be read, is too large, or is no picture that is known.
pub fn read(file: &Path, given: Option<&str>) -> Result<(String, Vec<u8>), Failure> {
    let shown = file.display();
    let unreadable = |error| Failure::invalid(format!("{shown}: cannot be read: {error}"));
    let size = fs::metadata(file).map_err(unreadable)?.len();
    if size > MOST {
        let most = MOST >> 20;
        return Err(Failure::invalid(format!(
            "{shown}: the picture has {} bytes, and {most} MiB are the most",
            words::count(size)
        )));
    }
    let image = fs::read(file).map_err(unreadable)?;
    let by_bytes = BEGINNINGS.iter().find(|(beginning, _)| image.starts_with(beginning));
    match given.or(by_bytes.map(|(_, content_type)| *content_type)) {
        Some(content_type) => Ok((content_type.to_owned(), image)),
        None => Err(Failure::invalid(format!("{shown}: is no JPEG, PNG or GIF"))
            .with_hint("say what it is with --type image/…")),
    }
}
