//! `examples/guest-async` and `examples/guest-python-async`, composed with the component and called by wasmtime.

use example_tests::{dist, wasi03};
use servers::report::not_run;
use servers::sink::Sink;

use crate::support::{end, recipients, ten_at_the_same_time};

#[test]
fn ten_messages_leave_at_the_same_time() {
    each_guest(|guest| {
        let said = ten_at_the_same_time(|server| guest.announce(server));
        assert!(
            said.starts_with("ok([ok(\"2.0.0 Taken as message "),
            "{said}"
        );
        assert_eq!(said.matches("Taken as message").count(), 10, "{said}");
    });
}

#[test]
fn a_message_that_is_refused_leaves_the_others_alone() {
    each_guest(|guest| {
        let sink = Sink::open_refusing(|to| {
            (to == "3@example.org").then(|| "550 5.1.1 Nobody here".to_owned())
        });
        let ended = end(guest.announce(&format!("smtp://{}", sink.address())));
        let (sent, refused) = (
            "ok(\"2.0.0 Taken as",
            "err(\"the server refused recipients: 3@example.org",
        );
        assert_eq!(ended.stdout.matches(sent).count(), 9, "{ended:?}");
        // The results are in the order of the recipients.
        let fourth = ended.stdout.split("\"), ").nth(3).unwrap_or_default();
        assert!(fourth.starts_with(refused), "{ended:?}");
    });
}

#[test]
fn a_wrong_url_is_reported_in_words() {
    each_guest(|guest| {
        let ended = end(guest.announce("http://example.org"));
        assert!(ended.stdout.starts_with("err(\""), "{ended:?}");
    });
}

struct Guest(&'static str);

impl Guest {
    fn announce(&self, server: &str) -> std::process::Command {
        let command = wasi03::announce(self.0, server, &recipients());
        command.expect("wasmtime is there, and compiles the guest")
    }
}

/// Those that this machine could build. The output names each before its turn.
fn each_guest(test: impl Fn(Guest)) {
    if let Err(why) = example_tests::site::wasmtime() {
        return not_run(&"the guests for WASI 0.3", &why);
    }
    for file in ["announce-rust.wasm", "announce-python.wasm"] {
        if dist().join(file).exists() {
            eprintln!("{file}:");
            test(Guest(file));
        } else {
            not_run(&file, "it is not in dist/: `cargo xtask test` builds it");
        }
    }
}
