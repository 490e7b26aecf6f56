//! Names of attachments, in the two parameters that together most readers understand (RFC 2183, section 2.3).
//!
//! ```text
//! Content-Type: application/pdf; name="report.pdf"
//! Content-Disposition: attachment; filename="report.pdf"
//!
//! Content-Type: application/pdf; name="=?UTF-8?Q?gr=C3=BC=C3=9Fe=2Epdf?="    for readers without RFC 2231
//! Content-Disposition: attachment; filename*=UTF-8''gr%C3%BC%C3%9Fe.pdf
//! ```
//!
//! A name is never folded or cut in pieces: some readers keep the fold, or lose a piece.

use super::check;
use super::encoded_word::{push_hex, word};

/// Octets of a name: file systems take no more, and encoded it still fits on a line.
const MAX_NAME: usize = 255;

/// Checks the name of a file without its folder.
pub(super) fn check(name: &str) -> Result<(), String> {
    // Blanks at its ends are left out.
    let trimmed = name.trim_matches(' ');
    if trimmed.is_empty() {
        Err("the name is empty: leave it out, or give one such as report.pdf".into())
    } else if name.contains(['/', '\\']) {
        Err("the name is a path: give what stands after its last `/` or `\\`".into())
    } else if matches!(trimmed, "." | "..") {
        Err("the name is that of a folder: give one such as report.pdf".into())
    } else if name.len() > MAX_NAME {
        Err(format!(
            "the name is longer than {MAX_NAME} octets: shorten it"
        ))
    } else {
        check::one_line(name).map_err(|reason| format!("the name: {reason}"))
    }
}

/// The parameter of Content-Type.
pub(super) fn name_parameter(name: &str) -> String {
    if is_plain(name) {
        format!("name=\"{name}\"")
    } else {
        format!("name=\"{}\"", word(name))
    }
}

/// The parameter of Content-Disposition.
pub(super) fn filename_parameter(name: &str) -> String {
    if is_plain(name) {
        return format!("filename=\"{name}\"");
    }
    let mut parameter = String::from("filename*=UTF-8''");
    for octet in name.bytes() {
        if octet.is_ascii_alphanumeric() || matches!(octet, b'.' | b'-' | b'_') {
            parameter.push(char::from(octet));
        } else {
            push_hex(&mut parameter, '%', octet);
        }
    }
    parameter
}

/// Whether every reader takes the name in quotes as it is.
fn is_plain(name: &str) -> bool {
    let of_plain =
        |octet: u8| octet.is_ascii_alphanumeric() || b" .-_+@#~!&,'()[]".contains(&octet);
    name.bytes().all(of_plain) && name.split(' ').all(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_name_stands_in_quotes() {
        assert_eq!(name_parameter("report (1).pdf"), "name=\"report (1).pdf\"");
        assert_eq!(filename_parameter("a b.pdf"), "filename=\"a b.pdf\"");
    }

    #[test]
    fn any_other_name_is_encoded_in_both_parameters() {
        for (name, encoded, percent) in [
            ("é.txt", "=?UTF-8?Q?=C3=A9=2Etxt?=", "%C3%A9.txt"),
            ("a\"b", "=?UTF-8?Q?a=22b?=", "a%22b"),
            ("100%.txt", "=?UTF-8?Q?100=25=2Etxt?=", "100%25.txt"),
            ("=?xy", "=?UTF-8?Q?=3D=3Fxy?=", "%3D%3Fxy"),
            ("a ", "=?UTF-8?Q?a_?=", "a%20"),
            ("a;b'c", "=?UTF-8?Q?a=3Bb=27c?=", "a%3Bb%27c"),
        ] {
            assert_eq!(name_parameter(name), format!("name=\"{encoded}\""));
            assert_eq!(
                filename_parameter(name),
                format!("filename*=UTF-8''{percent}")
            );
        }
    }

    #[test]
    fn the_longest_name_fits_on_a_line() {
        let name = "é".repeat(127);
        assert_eq!(check(&name), Ok(()));
        assert!(name_parameter(&name).len() < 990);
        assert!(filename_parameter(&name).len() < 990);
    }
}
