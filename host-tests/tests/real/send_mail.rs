//! `send-mail`, which pipelines QUIT after the message if the server accepts that.

use std::io::{BufRead, BufReader, Write, copy};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

use servers::real::USER;

use crate::server_under_test::{MESSAGE, ServerUnderTest, codes, instance};

/// Without TLS, because `send-mail` trusts no authority of a test.
pub(crate) fn ends_with_quit(server: &mut ServerUnderTest) -> String {
    let (port, overheard) = without_starttls(server.real.port);
    let url = format!("smtp://127.0.0.1:{port}");
    let sent = instance().send_mail(&url, "sender@example.test", &[USER], MESSAGE);
    assert_eq!(codes(&sent.unwrap().accepted), [(USER, 250)]);
    server.expect_stored(MESSAGE);
    let replies = overheard.join().unwrap();
    let last = replies.last().map(String::as_str).unwrap_or_default();
    assert!(last.starts_with("221 "), "{replies:?}");
    server.assert_mailbox();
    "send-mail, with QUIT answered".into()
}

/// A port that forwards one connection to the server, and hides STARTTLS. The thread returns the server's
/// lines.
fn without_starttls(port: u16) -> (u16, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let own = listener.local_addr().unwrap().port();
    let overheard = thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let server = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        thread::spawn(move || {
            let _ = copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Write);
        });
        let mut replies = Vec::new();
        for line in BufReader::new(server).lines().map_while(Result::ok) {
            let _ =
                client.write_all(format!("{}\r\n", line.replace("STARTTLS", "NOTHING")).as_bytes());
            replies.push(line);
        }
        let _ = client.shutdown(Shutdown::Write);
        replies
    });
    (own, overheard)
}
