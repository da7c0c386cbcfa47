//! Which values of `contentType` Devino sends: the seed's table (002, "MIMEType"), row by row.

/// Rows of the table with types of their own. `acc` is the seed's spelling of `aac`, `auidio` the one of its
/// voice messages; a GIF is taken and sent as a video (the remark beside images).
const ROWS: [(&str, &[&str]); 4] = [
    ("audio", &["aac", "acc", "amr", "mp4", "mpeg", "ogg"]),
    ("image", &["gif", "jpeg", "png"]),
    ("video", &["3gpp", "mp4"]),
    ("auidio", &["ogg"]),
];

/// IANA's other top-level media types: the row "document" takes any valid MIME type.
const DOCUMENTS: [&str; 7] = ["application", "font", "haptics", "message", "model", "multipart", "text"];

/// Whether a file of this type is sent; the type may have parameters.
pub(super) fn is_sent(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    let Some((media, subtype)) = essence.split_once('/') else { return false };
    match ROWS.iter().find(|(known, _)| *known == media) {
        Some((_, subtypes)) => subtypes.contains(&subtype),
        None => DOCUMENTS.contains(&media) && is_subtype(subtype),
    }
}

fn is_subtype(text: &str) -> bool {
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
    !text.is_empty() && text.bytes().all(is_sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_held_row_by_row() {
        for sent in [
            "audio/acc",
            "audio/mp4",
            "audio/amr",
            "audio/mpeg",
            "audio/ogg; codecs=opus",
            "image/jpeg",
            "IMAGE/PNG",
            "video/mp4",
            "video/3gpp",
            "auidio/ogg",
            "application/pdf",
            "application/vnd.ms-excel",
            "text/csv; charset=utf-8",
        ] {
            assert!(is_sent(sent), "{sent}");
        }
        for refused in [
            "image/webp",
            "video/webm",
            "audio/flac",
            "auidio/mp4",
            "picture/png",
            "image/",
            "application/",
            "png",
            "",
            "application/a b",
        ] {
            assert!(!is_sent(refused), "{refused}");
        }
    }
}
