//! The message of the demo, which has everything that people send: two texts, an image, an attachment, a subject
//! beyond ASCII.

use std::fs;
use std::path::PathBuf;

pub(crate) const SENDER: &str = "ada@example.org";

pub(crate) const RECIPIENTS: [&str; 2] = ["grace@example.org", "alan@example.org"];

pub(crate) const SUBJECT: &str = "Grüße from a WebAssembly component";

pub(crate) const TEXT: &str = "\
Dear Grace, dear Alan,

this message came out of a WebAssembly component. Grüße!
.
The dot above stood alone on its line, as the end of a message does in SMTP.

Ada
";

pub(crate) const HTML: &str = r#"<p>Dear Grace, dear Alan,</p>
<p>this message came out of a <b>WebAssembly component</b>. Grüße!</p>
<p><img src="cid:envelope.png" width="240" height="160" alt="An envelope with a seal"></p>
<p>The image is a part of the message, and the component's interface is attached.</p>
<p>Ada</p>
"#;

/// A file of this project, whose folder the component may read.
pub(crate) struct File {
    pub folder: &'static str,
    pub name: &'static str,
}

/// The image of the HTML text: drawn for this demo.
pub(crate) const IMAGE: File = File {
    folder: "demo/src/bin/demo",
    name: "envelope.png",
};

/// The attachment: the component's interface.
pub(crate) const ATTACHMENT: File = File {
    folder: "wit",
    name: "compose.wit",
};

impl File {
    pub(crate) fn folder(&self) -> PathBuf {
        setup::project().join(self.folder)
    }

    pub(crate) fn content(&self) -> Result<Vec<u8>, String> {
        let path = self.folder().join(self.name);
        fs::read(&path).map_err(|error| format!("{} cannot be read: {error}", path.display()))
    }
}

/// The arguments of envoi's command line that compose it, which reads each file in a folder of its name.
pub(crate) fn arguments() -> Vec<String> {
    let [first, second] = RECIPIENTS;
    let path = |file: &File| format!("{}/{}", file.folder, file.name);
    [
        ("--from", format!("Ada Lovelace <{SENDER}>")),
        ("--to", format!("Grace Hopper <{first}>")),
        ("--to", format!("Alan Turing <{second}>")),
        ("--subject", SUBJECT.into()),
        ("--text", TEXT.into()),
        ("--html", HTML.into()),
        ("--inline", path(&IMAGE)),
        ("--attach", path(&ATTACHMENT)),
    ]
    .into_iter()
    .flat_map(|(option, value)| [option.to_owned(), value])
    .collect()
}
