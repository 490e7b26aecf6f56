//! Runs the program against a scripted server.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use servers::scripted::{Script, Server};

#[test]
fn a_message_of_its_own_and_two_over_a_kept_connection_are_delivered() {
    let once = greeting().followed_by(message()).followed_by(quit());
    let kept = greeting()
        .followed_by(message())
        .followed_by(message())
        .followed_by(quit());
    let server = Server::start([once, kept]);
    let output = run(&server);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    let answer = "b@mail.test: 250 2.0.0 Ok: queued as 4711\n";
    let (own, kept) = (
        format!("own instance: {answer}"),
        format!("kept instance: {answer}"),
    );
    assert_eq!(said, format!("{own}{kept}{kept}"));
    let sessions = server.finish().sessions;
    let contents = sessions.iter().flat_map(|session| &session.contents);
    for (number, content) in (1..).zip(contents) {
        let content = String::from_utf8_lossy(content);
        for wanted in [
            "From: The Host <a@mail.test>\r\n",
            &format!("Subject: Message {number}\r\n"),
            "\r\nSent by a component.\r\n",
            "\r\n<p>Sent by a <b>component</b>.</p>\r\n",
        ] {
            assert!(content.contains(wanted), "{content}");
        }
    }
}

#[test]
fn an_error_is_printed() {
    let server = Server::start([Script::new().say("554 5.3.2 Closed").silence()]);
    let output = run(&server);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(said.contains("554") && said.contains("Closed"), "{said}");
    server.finish();
}

fn run(server: &Server) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_rust-host"));
    program.env("SMTP_URL", format!("smtp://127.0.0.1:{}", server.port()));
    program
        .arg(component())
        .args(["a@mail.test", "b@mail.test"]);
    program.output().expect("it starts")
}

/// A copy, because the program writes its machine code beside the component.
fn component() -> &'static Path {
    static COPY: LazyLock<PathBuf> = LazyLock::new(|| {
        let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dist/envoi.wasm");
        let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join("envoi.wasm");
        fs::copy(built, &copy).expect("`cargo xtask build` has made it");
        copy
    });
    &COPY
}

fn greeting() -> Script {
    Script::new()
        .say("220 mail.test ESMTP")
        .expect("EHLO [127.0.0.1]")
        .say("250 mail.test")
}

fn message() -> Script {
    Script::new()
        .expect("MAIL FROM:<a@mail.test>")
        .say("250 2.1.0 Ok")
        .expect("RCPT TO:<b@mail.test>")
        .say("250 2.1.5 Ok")
        .expect("DATA")
        .say("354 Go ahead")
        .expect_content()
        .say("250 2.0.0 Ok: queued as 4711")
}

fn quit() -> Script {
    Script::new().expect("QUIT").say("221 Bye").hang_up()
}
