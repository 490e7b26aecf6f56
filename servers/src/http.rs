//! A scripted HTTP server: each connection has one request and one answer.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

/// What follows a request.
pub enum HttpAnswer {
    /// These octets, then the end of the connection.
    Octets(Vec<u8>),
    /// A head, and a body until the client has enough.
    Endless,
    /// Nothing, until the client closes the connection.
    Silence,
}

/// An answer of JSON.
pub fn json(status: u16, body: &str) -> HttpAnswer {
    answer(status, "Content-Type: application/json\r\n", body)
}

/// An answer with these lines in its header.
pub fn answer(status: u16, header: &str, body: &str) -> HttpAnswer {
    let length = body.len();
    let text = format!(
        "HTTP/1.1 {status} Status\r\n{header}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    HttpAnswer::Octets(text.into_bytes())
}

/// One request, as it came.
#[derive(Debug, PartialEq)]
pub struct HttpRequest {
    /// The request line and the header, each line with LF, names in lower case.
    pub head: String,
    pub body: String,
}

/// Listens on loopback.
pub struct HttpServer {
    address: SocketAddr,
    ended: Arc<AtomicBool>,
    thread: JoinHandle<Vec<HttpRequest>>,
}

impl HttpServer {
    /// Takes one connection for each answer, in order.
    ///
    /// # Panics
    /// If the machine has no port.
    pub fn start(answers: impl IntoIterator<Item = HttpAnswer>) -> HttpServer {
        Self::start_with(|_| answers.into_iter().collect())
    }

    /// The answers may name the server's URL, which ends with its port.
    ///
    /// # Panics
    /// If the machine has no port.
    pub fn start_with(answers: impl FnOnce(&str) -> Vec<HttpAnswer>) -> HttpServer {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let address = listener.local_addr().expect("it is bound");
        let answers = answers(&format!("http://{address}"));
        let ended = Arc::new(AtomicBool::new(false));
        let told = ended.clone();
        let thread = thread::spawn(move || {
            let served = answers.into_iter().map_while(|answer| {
                let (stream, _) = listener.accept().expect("a connection");
                (!told.load(Ordering::SeqCst)).then(|| serve(&stream, &answer))
            });
            served.collect()
        });
        HttpServer {
            address,
            ended,
            thread,
        }
    }

    /// The URL of a path, which begins with `/` or is empty.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The requests that came, also if there are fewer than answers.
    ///
    /// # Panics
    /// If a request was not HTTP.
    pub fn finish(self) -> Vec<HttpRequest> {
        self.ended.store(true, Ordering::SeqCst);
        // Wakes the thread; it fails if all answers were given.
        let _ = TcpStream::connect(self.address);
        self.thread.join().expect("requests of HTTP")
    }
}

fn serve(mut stream: &TcpStream, answer: &HttpAnswer) -> HttpRequest {
    if matches!(answer, HttpAnswer::Silence) {
        return listen(stream);
    }
    let request = read(stream);
    // A client that has enough closes the connection: writing fails then.
    if let HttpAnswer::Octets(octets) = answer {
        let _ = stream.write_all(octets);
        return request;
    }
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"x\":\"";
    let mut written = stream.write_all(head);
    while written.is_ok() {
        written = stream.write_all(&[b'x'; 8192]);
    }
    request
}

/// What came until the client closed the connection, which may be part of a request.
fn listen(mut stream: &TcpStream) -> HttpRequest {
    let mut octets = Vec::new();
    let _ = stream.read_to_end(&mut octets);
    HttpRequest {
        head: String::from_utf8_lossy(&octets).into_owned(),
        body: String::new(),
    }
}

fn read(stream: &TcpStream) -> HttpRequest {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a line");
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        match line.split_once(": ") {
            Some((name, value)) => head += &format!("{}: {value}\n", name.to_ascii_lowercase()),
            None => head += &format!("{line}\n"),
        }
    }
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let length = length.map_or(0, |length| length.parse().expect("a number"));
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("the whole body");
    HttpRequest {
        head,
        body: String::from_utf8(body).expect("a form"),
    }
}
