//! Which of Sinch's four kinds a file is, and the word by which Sinch calls its type (providers.md §2.3).

use url::Url;

/// The member of a message in which a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaKind {
    /// `image`.
    Image,
    /// `document`.
    Document,
    /// `audio`.
    Audio,
    /// `video`.
    Video,
}

/// A type of files.
#[derive(Debug)]
pub struct MediaType {
    /// Where it stands.
    pub kind: MediaKind,
    /// `type` on the wire; in lower case it is the extension of file names.
    pub word: &'static str,
    /// Its MIME type.
    pub mime: &'static str,
}

const fn row(kind: MediaKind, word: &'static str, mime: &'static str) -> MediaType {
    MediaType { kind, word, mime }
}

/// The table. Of several rows with a MIME type the first holds. Sinch documents `JPG`, `JPEG`, `PNG`, `MP4`
/// and `PDF` by name; the others are the types that WhatsApp takes.
pub const MEDIA: &[MediaType] = {
    use MediaKind::{Audio, Document, Image, Video};
    &[
        row(Image, "JPEG", "image/jpeg"),
        row(Image, "JPG", "image/jpeg"),
        row(Image, "PNG", "image/png"),
        row(Video, "MP4", "video/mp4"),
        row(Video, "3GP", "video/3gpp"),
        row(Audio, "AAC", "audio/aac"),
        row(Audio, "AMR", "audio/amr"),
        row(Audio, "MP3", "audio/mpeg"),
        row(Audio, "M4A", "audio/mp4"),
        row(Audio, "OGG", "audio/ogg"),
        row(Document, "PDF", "application/pdf"),
        row(Document, "DOC", "application/msword"),
        row(Document, "DOCX", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        row(Document, "XLS", "application/vnd.ms-excel"),
        row(Document, "XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        row(Document, "PPT", "application/vnd.ms-powerpoint"),
        row(Document, "PPTX", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        row(Document, "TXT", "text/plain"),
    ]
};

/// The row of a file: by its MIME type where one is given, by the end of its address otherwise.
#[must_use]
pub fn of(url: &str, content_type: Option<&str>) -> Option<&'static MediaType> {
    match content_type {
        Some(written) => {
            let mime: mime::Mime = written.parse().ok()?;
            MEDIA.iter().find(|row| row.mime == mime.essence_str())
        }
        None => {
            let url = Url::parse(url).ok()?;
            let (_, extension) = url.path_segments()?.next_back()?.rsplit_once('.')?;
            MEDIA.iter().find(|row| row.word.eq_ignore_ascii_case(extension))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_says_more_than_the_address() {
        for (url, content_type, word) in [
            ("https://example.com/a.PNG", None, Some("PNG")),
            ("https://example.com/a.b/foto.jpg?v=1.pdf", None, Some("JPG")),
            ("https://example.com/a.png", Some("application/pdf"), Some("PDF")),
            ("https://example.com/voice", Some("audio/ogg; codecs=opus"), Some("OGG")),
            ("https://example.com/a", Some("IMAGE/JPEG"), Some("JPEG")),
            ("https://example.com/a.png", Some("image/webp"), None),
            ("https://example.com/a.webp", None, None),
            ("https://example.com/jpg", None, None),
            ("https://example.com", None, None),
            ("jpg", None, None),
        ] {
            assert_eq!(of(url, content_type).map(|row| row.word), word, "{url} {content_type:?}");
        }
    }
}
