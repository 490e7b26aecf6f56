//! The event loop and other mailers go on while a server is silent.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use example_tests::program::Program;

use crate::project::start;

/// A program takes long to start on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(5);

/// A server that greets when the test wants it to.
struct DelayedServer {
    listener: TcpListener,
}

impl DelayedServer {
    fn new() -> DelayedServer {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        listener.set_nonblocking(true).expect("it is a socket");
        DelayedServer { listener }
    }

    fn start(&self, program: &str) -> Option<Program> {
        let port = self.listener.local_addr().expect("it is bound").port();
        start(program, &[("PORT", &port.to_string())])
    }

    /// Waits until the program connects.
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

/// Greets with a refusal, which ends the client.
fn refuse(mut client: TcpStream) {
    client
        .write_all(b"554 5.3.2 Closed\r\n")
        .expect("it listens");
}

fn ends_with(program: Program, expected: &str) {
    let ended = program.end();
    assert!(ended.succeeded && ended.stdout == expected, "{ended:?}");
}

#[test]
fn timers_run_while_a_server_is_silent() {
    let server = DelayedServer::new();
    let Some(mut program) = server.start("ticks.mjs") else {
        return;
    };
    let client = server.connected();
    // The server has not greeted yet.
    assert_eq!(program.line().as_deref(), Some("ten ticks"));
    refuse(client);
    ends_with(program, "rejected at greeting\n");
}

#[test]
fn two_mailers_wait_at_once() {
    let server = DelayedServer::new();
    let Some(program) = server.start("parallel.mjs") else {
        return;
    };
    // If the mailers waited in turn, the second would connect only after the first was answered.
    let clients = [server.connected(), server.connected()];
    clients.into_iter().for_each(refuse);
    ends_with(program, "rejected at greeting\nrejected at greeting\n");
}

#[test]
fn a_signal_ends_waiting_calls_and_their_connection() {
    let server = DelayedServer::new();
    let Some(mut program) = server.start("abort.mjs") else {
        return;
    };
    let mut client = server.connected();
    program.write_line("abort");
    let mut rest = Vec::new();
    // The connection may end in any order.
    let _ = client.read_to_end(&mut rest);
    assert!(rest.is_empty(), "{rest:?}");
    let said = "aborted, may-have-been-delivered\n\
                aborted, not-sent\n\
                caused by: enough\n";
    ends_with(program, said);
}
