//! `cargo xtask demo`, with the component that it compiles: without the optimisations, on the stable path.

use std::path::Path;
use std::process::{Command, Output, id};
use std::{env, fs};

use mail_parser::{MessageParser, MimeHeaders};
use servers::ports::RefusingPort;

/// Lines and columns of a terminal that hold the demo's output with what comes before it.
const LINES: usize = 50;

#[test]
fn a_message_with_an_attachment_arrives_and_fits_on_a_screen() {
    let file = env::temp_dir().join(format!("envoi-demo-{}.eml", id()));
    let ended = demo(&["--save", &file.display().to_string()]);
    let message = fs::read(&file);
    let output = said(&ended);
    assert!(ended.status.success(), "{output}");
    let lines: Vec<&str> = output.lines().collect();
    assert!(lines.len() <= LINES, "{} lines", lines.len());
    let last = &lines[lines.len() - 3..];
    assert!(
        last.iter().all(|line| line.contains("cargo xtask ")),
        "{last:?}"
    );
    let message = message.unwrap();
    fs::remove_file(&file).unwrap();
    let parsed = MessageParser::new().parse(&message).unwrap();
    let names: Vec<_> = parsed
        .attachments()
        .filter_map(MimeHeaders::attachment_name)
        .collect();
    assert_eq!(names, ["envelope.png", "compose.wit"]);
}

#[test]
fn wrong_arguments_exit_with_2() {
    let ended = demo(&["--server", "smtp://127.0.0.1:1"]);
    let errors = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(2), "{errors}");
    assert!(errors.contains("--from"), "{errors}");
}

#[test]
fn a_server_that_does_not_answer_is_named() {
    let server = RefusingPort::start();
    let url = format!("smtp://127.0.0.1:{}", server.port());
    let ended = demo(&[
        "--server",
        &url,
        "--from",
        "a@mail.test",
        "--to",
        "b@mail.test",
    ]);
    let output = said(&ended) + &String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{output}");
    assert!(output.contains(&server.port().to_string()), "{output}");
}

fn demo(arguments: &[&str]) -> Output {
    let component = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dist/envoi-quick.wasm");
    let mut demo = Command::new(env!("CARGO_BIN_EXE_demo"));
    demo.args(arguments).env("ENVOI_COMPONENT", component);
    demo.output().expect("it starts")
}

fn said(ended: &Output) -> String {
    String::from_utf8_lossy(&ended.stdout).into_owned()
}
