//! `cargo xtask demo`, with the component that it compiles: without the optimisations, on the stable path.

use std::process::{Command, Output, id};
use std::{env, fs};

use mail_parser::{MessageParser, MimeHeaders};
use servers::ports::RefusingPort;

use crate::{has_wasmtime, said};

/// Lines of a terminal that hold the demo's output with what comes before it.
const LINES: usize = 50;

#[test]
fn a_message_with_an_attachment_arrives_and_fits_on_a_screen() {
    if !has_wasmtime("the demo") {
        return;
    }
    let file = env::temp_dir().join(format!("envoi-demo-{}.eml", id()));
    let ended = demo(&["--save", &file.display().to_string()]);
    let message = fs::read(&file);
    let output = said(&ended);
    assert!(ended.status.success(), "{output}");
    assert!(output.contains("octet for octet"), "{output}");
    let shown = String::from_utf8_lossy(&ended.stdout);
    let lines: Vec<&str> = shown.lines().collect();
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
fn a_token_of_the_users_is_not_for_the_demos_own_server() {
    if !has_wasmtime("the demo") {
        return;
    }
    let mut demo = Command::new(env!("CARGO_BIN_EXE_demo"));
    let ended = demo.env("ENVOI_TOKEN", "ya29.x").output().unwrap();
    assert!(ended.status.success(), "{}", said(&ended));
}

#[test]
fn wrong_arguments_exit_with_2() {
    let ended = demo(&["--server", "smtp://127.0.0.1:1"]);
    let output = said(&ended);
    assert_eq!(ended.status.code(), Some(2), "{output}");
    assert!(output.contains("--from"), "{output}");
}

#[test]
fn a_server_that_does_not_answer_is_named_and_may_be_tried_again() {
    if !has_wasmtime("the demo") {
        return;
    }
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
    let output = said(&ended);
    assert_eq!(ended.status.code(), Some(75), "{output}");
    assert!(output.contains(&server.port().to_string()), "{output}");
}

fn demo(arguments: &[&str]) -> Output {
    let mut demo = Command::new(env!("CARGO_BIN_EXE_demo"));
    demo.args(arguments).output().expect("it starts")
}
