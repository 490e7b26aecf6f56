//! The picture of a message, as docs/composing.md shows one.

use std::fs;
use std::path::Path;

use readers::picture::Viewer;
use servers::report::not_run;

/// The image is a part of the message.
fn message(id: &str) -> String {
    format!(
        "From: Ann <ann@example.org>\r\n\
         To: =?UTF-8?Q?J=C3=B6rg?= <joerg@example.net>\r\n\
         Subject: Hello\r\n\
         MIME-Version: 1.0\r\n\
         Content-Type: multipart/related; boundary=\"=_1\"\r\n\
         \r\n\
         --=_1\r\n\
         Content-Type: text/html; charset=utf-8\r\n\
         \r\n\
         <p>Hello <img src=\"cid:dot@example.org\"></p>\r\n\
         --=_1\r\n\
         Content-Type: image/svg+xml\r\n\
         Content-Disposition: inline\r\n\
         Content-ID: <{id}>\r\n\
         \r\n\
         <svg xmlns=\"http://www.w3.org/2000/svg\" width=\"8\" height=\"8\"><rect width=\"8\" height=\"8\"/></svg>\r\n\
         --=_1--\r\n"
    )
}

fn picture_of(viewer: &Viewer, name: &str, id: &str) -> Result<Vec<u8>, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (file, png) = (folder.join(name), folder.join(format!("{name}.png")));
    fs::write(&file, message(id)).expect("it can be written");
    viewer.picture(&file, &png)?;
    Ok(fs::read(png).expect("it was written"))
}

#[test]
fn a_picture_shows_the_images_of_a_message_or_fails() {
    let viewer = match Viewer::prepare() {
        Ok(viewer) => viewer,
        Err(why) => return not_run(&"the picture of a message", &why),
    };
    let png = picture_of(&viewer, "shown.eml", "dot@example.org").expect("Chromium shows it");
    assert!(png.starts_with(b"\x89PNG"));
    let error = picture_of(&viewer, "missing.eml", "other@example.org").unwrap_err();
    assert!(
        error.contains("an image is not shown: cid:dot@example.org"),
        "{error}"
    );
}
