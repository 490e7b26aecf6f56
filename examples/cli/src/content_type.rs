//! Content types (RFC 2046) of files, by the extensions that people attach most.

/// Readers choose a program by the name's extension anyway, so a short table is enough. A message (.eml) is not
/// in it: as `message/rfc822` it could not be encoded (RFC 2046, section 5.2.1).
const TYPES: [(&str, &str); 23] = [
    ("avif", "image/avif"),
    ("csv", "text/csv"),
    (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    ("gif", "image/gif"),
    ("htm", "text/html"),
    ("html", "text/html"),
    ("ics", "text/calendar"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("json", "application/json"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    (
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    ("svg", "image/svg+xml"),
    ("txt", "text/plain"),
    ("vcf", "text/vcard"),
    ("webp", "image/webp"),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ("xml", "application/xml"),
    ("zip", "application/zip"),
];

/// The type for this file name.
pub(crate) fn of(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let mut types = TYPES.iter();
    let found = types.find(|(known, _)| extension.eq_ignore_ascii_case(known));
    found.map_or("application/octet-stream", |(_, content_type)| content_type)
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn the_extension_decides_in_any_case() {
        assert_eq!(of("report.PDF"), "application/pdf");
        assert_eq!(of("photo.of.sea.jpeg"), "image/jpeg");
    }

    #[test]
    fn a_file_of_an_unknown_type_is_octets() {
        for name in ["report", "report.", "pdf", "report.pdf.gpg"] {
            assert_eq!(of(name), "application/octet-stream", "{name}");
        }
    }
}
