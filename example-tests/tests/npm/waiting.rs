//! Nothing blocks while a server does not answer.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};

use example_tests::program::Program;

use crate::project::start;

/// A server that greets when the test says so.
struct Silent {
    listener: TcpListener,
}

impl Silent {
    fn new() -> Silent {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        Silent { listener }
    }

    fn start(&self, program: &str) -> Option<Program> {
        let port = self.listener.local_addr().expect("it is bound").port();
        start(program, &[("PORT", &port.to_string())])
    }

    fn connected(&self) -> TcpStream {
        self.listener.accept().expect("someone connects").0
    }
}

/// Greeted so, a client goes.
fn refuse(mut client: TcpStream) {
    client
        .write_all(b"554 5.3.2 Closed\r\n")
        .expect("it listens");
}

fn ends_with(program: Program, expected: &str) {
    let ended = program.end();
    assert!(ended.well && ended.stdout == expected, "{ended:?}");
}

#[test]
fn timers_run_while_a_server_is_silent() {
    let server = Silent::new();
    let Some(mut program) = server.start("ticks.mjs") else {
        return;
    };
    let client = server.connected();
    // Before the server has said a word.
    assert_eq!(program.line().as_deref(), Some("ten ticks"));
    refuse(client);
    ends_with(program, "rejected at greeting\n");
}

#[test]
fn two_mailers_wait_at_once() {
    let server = Silent::new();
    let Some(program) = server.start("parallel.mjs") else {
        return;
    };
    // One after the other, the second would not come before the first was answered.
    let clients = [server.connected(), server.connected()];
    clients.into_iter().for_each(refuse);
    ends_with(program, "rejected at greeting\nrejected at greeting\n");
}

#[test]
fn a_signal_ends_what_waits_and_its_connection() {
    let server = Silent::new();
    let Some(mut program) = server.start("abort.mjs") else {
        return;
    };
    let mut client = server.connected();
    assert_eq!(program.line().as_deref(), Some("aborting"));
    let mut rest = Vec::new();
    // The end of the connection, in whatever order.
    let _ = client.read_to_end(&mut rest);
    assert!(rest.is_empty(), "{rest:?}");
    let said = "aborted, perhaps delivered: true\n\
                aborted, perhaps delivered: false\n\
                caused by: enough\n";
    ends_with(program, said);
}
