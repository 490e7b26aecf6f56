//! Nothing blocks while a server does not answer.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use example_tests::program::Program;

use crate::project::start;

/// For a program that starts on a machine that does other things too.
const LIMIT: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(5);

/// A server that greets when the test says so.
struct Silent {
    listener: TcpListener,
}

impl Silent {
    fn new() -> Silent {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        listener.set_nonblocking(true).expect("it is a socket");
        Silent { listener }
    }

    fn start(&self, program: &str) -> Option<Program> {
        let port = self.listener.local_addr().expect("it is bound").port();
        start(program, &[("PORT", &port.to_string())])
    }

    /// Waits for the program.
    fn connected(&self) -> TcpStream {
        let deadline = Instant::now() + LIMIT;
        while Instant::now() < deadline {
            if let Ok((client, _)) = self.listener.accept() {
                client.set_nonblocking(false).expect("it is a socket");
                return client;
            }
            thread::sleep(POLL);
        }
        panic!("nobody connected");
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
    program.tell("abort");
    let mut rest = Vec::new();
    // The end of the connection, in whatever order.
    let _ = client.read_to_end(&mut rest);
    assert!(rest.is_empty(), "{rest:?}");
    let said = "aborted, may-have-been-delivered\n\
                aborted, not-sent\n\
                caused by: enough\n";
    ends_with(program, said);
}
