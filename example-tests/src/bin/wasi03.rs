//! `cargo xtask example NAME` for the callers for WASI 0.3: runs one beside a mail server on loopback, and shows
//! the conversation.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::{Command, ExitCode};

use example_tests::site::Site;
use example_tests::wasi03::{self, NODES};
use servers::scripted::Speaker;
use servers::sink::Sink;

const MESSAGE: &str = "Subject: Hello\r\n\r\nIs this on?\r\n";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let run = match *arguments {
        ["announce", file] => announce(file),
        ["node"] => node(),
        ["http"] => http(),
        _ => Err("announce FILE, node, or http".into()),
    };
    match run {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("wasi03: {why}");
            ExitCode::FAILURE
        }
    }
}

fn announce(file: &str) -> Result<(), String> {
    let sink = sink();
    let to = recipients();
    run(
        wasi03::announce(file, &format!("smtp://{}", sink.address()), &to)?,
        &sink,
    )
}

fn node() -> Result<(), String> {
    let sink = sink();
    let mut node = wasi03::node(NODES[0], &wasi03::project()?.join("send.mjs"))?;
    node.args(recipients());
    node.env("SMTP_URL", format!("smtp://{}", sink.address()));
    run(node, &sink)
}

fn http() -> Result<(), String> {
    let sink = sink();
    let url = format!("smtp://{}", sink.address());
    let environment = [
        ("SMTP_URL", url.as_str()),
        ("MAIL_FROM", "form@example.org"),
        ("MAIL_TO", "you@example.org"),
    ];
    let site = Site::serve("http-async.wasm", &environment)?;
    println!("POST {}", site.url());
    post(&site).map_err(|error| format!("the site: {error}"))
}

/// Prints the lines of the answer as they come.
fn post(site: &Site) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(site.authority())?;
    let (length, authority) = (MESSAGE.len(), site.authority());
    write!(
        stream,
        "POST / HTTP/1.0\r\nHost: {authority}\r\nContent-Length: {length}\r\n\r\n{MESSAGE}"
    )?;
    for line in BufReader::new(stream).lines() {
        println!("  answer  {}", line?);
    }
    Ok(())
}

fn recipients() -> Vec<String> {
    (0..10)
        .map(|number| format!("{number}@example.org"))
        .collect()
}

/// Prints the conversations, which go on at the same time.
fn sink() -> Sink {
    Sink::open(|line| {
        let from = match line.from {
            Speaker::Client => "envoi ",
            Speaker::Server => "server",
        };
        println!(
            "  {:>5} ms  {from}  {}",
            line.elapsed.as_millis(),
            line.text
        );
    })
}

fn run(mut command: Command, sink: &Sink) -> Result<(), String> {
    let status = command.status();
    let status = status.map_err(|error| format!("it does not start: {error}"))?;
    if !status.success() {
        return Err(format!("it failed ({status})"));
    }
    println!("\n{} messages arrived.", sink.deliveries().len());
    Ok(())
}
