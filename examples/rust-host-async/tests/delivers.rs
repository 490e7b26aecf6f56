//! Runs the program against a server that sees whether messages come at the same time.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use servers::crowd::Crowd;
use servers::scripted::{Script, Server};

const CONNECTIONS: usize = 4;

#[test]
fn ten_messages_leave_at_the_same_time() {
    let crowd = Crowd::start(CONNECTIONS);
    let output = run(crowd.sink().port());
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 10, "{said}");
    for (number, line) in (1..).zip(lines) {
        assert!(
            line.starts_with(&format!("{number}: 250 2.0.0 Taken as message ")),
            "{said}"
        );
    }
    let seen = crowd.seen();
    assert!(seen.crowded && seen.connections == CONNECTIONS, "{seen:?}");
    let deliveries = crowd.sink().deliveries();
    let mut subjects: Vec<String> = deliveries.iter().map(|it| subject(&it.message)).collect();
    subjects.sort_by_key(String::len);
    assert_eq!(subjects.len(), 10);
    assert_eq!(subjects[9], "Subject: Message 10");
}

#[test]
fn an_error_of_each_message_is_printed() {
    let closed = || Script::new().say("554 5.3.2 Closed").silence();
    // The connections that are opened at the same time; whoever waits for them is told what they were.
    let server = Server::start_with_further(closed(), closed);
    let output = run(server.port());
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success());
    assert_eq!(said.matches("554 5.3.2 Closed").count(), 10, "{said}");
    server.finish();
}

fn run(port: u16) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_rust-host-async"));
    program.env("SMTP_URL", format!("smtp://127.0.0.1:{port}"));
    program
        .arg(component())
        .args(["a@mail.test", "b@mail.test"]);
    program.output().expect("it starts")
}

/// A copy, because the program writes its machine code beside the component.
fn component() -> &'static Path {
    static COPY: LazyLock<PathBuf> = LazyLock::new(|| {
        let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dist/envoi-p3.wasm");
        let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join("envoi-p3.wasm");
        fs::copy(built, &copy).expect("`cargo xtask build` has made it");
        copy
    });
    &COPY
}

fn subject(message: &[u8]) -> String {
    let text = String::from_utf8_lossy(message);
    let mut lines = text.lines();
    let found = lines.find(|line| line.starts_with("Subject: "));
    found.expect("a subject").to_owned()
}
