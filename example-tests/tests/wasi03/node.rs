//! `examples/node-async`: the component in Node, as jco transpiles it.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use example_tests::wasi03::{self, NODES};
use servers::report::not_run;
use servers::scripted::{Script, Server};
use servers::sink::Sink;

use crate::support::{end, recipients, ten_at_the_same_time};

#[test]
fn ten_messages_leave_at_the_same_time() {
    each_node("send.mjs", |mut node| {
        let said = ten_at_the_same_time(|server| {
            node.args(recipients()).env("SMTP_URL", server);
            node
        });
        assert_eq!(said.matches("sent to ").count(), 10, "{said}");
    });
}

#[test]
fn a_message_that_is_refused_leaves_the_others_alone() {
    each_node("send.mjs", |mut node| {
        let sink = Sink::open_refusing(|to| {
            (to == "3@example.org").then(|| "550 5.1.1 Nobody here".to_owned())
        });
        node.args(recipients());
        node.env("SMTP_URL", format!("smtp://{}", sink.address()));
        let ended = end(node);
        let refused = "not sent to 3@example.org: the server refused recipients: ";
        assert!(!ended.succeeded, "{ended:?}");
        assert!(ended.stderr.starts_with(refused), "{ended:?}");
        assert_eq!(sink.deliveries().len(), 9);
    });
}

#[test]
fn timers_run_while_a_server_is_silent() {
    each_node("ticks.mjs", |mut node| {
        let server = Server::start([Script::new().silence()]);
        node.env("SMTP_URL", format!("smtp://{}", server.address()));
        let ended = end(node);
        assert_eq!(
            ended.stdout, "ten ticks\ntimeout at greeting\n",
            "{ended:?}"
        );
        assert!(ended.succeeded, "{ended:?}");
        server.finish();
    });
}

/// Runs a program of the project with each version of Node.
fn each_node(program: &str, test: impl Fn(Command)) {
    for version in NODES {
        match node(version, program) {
            Ok(node) => test(node),
            Err(why) => not_run(
                &format!("the program for Node {version} with WASI 0.3"),
                &why,
            ),
        }
    }
}

fn node(version: &str, program: &str) -> Result<Command, String> {
    static OWN: LazyLock<Result<&Path, String>> = LazyLock::new(|| {
        let project = wasi03::project()?;
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wasi03/programs/ticks.mjs");
        fs::copy(own, project.join("ticks.mjs")).map_err(|error| error.to_string())?;
        Ok(project)
    });
    wasi03::node(version, &OWN.clone()?.join(program))
}
