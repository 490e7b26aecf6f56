//! One request and its answer.

use core::time::Duration;

use wasip2::http::outgoing_handler::handle;
use wasip2::http::types::{
    Fields, FutureIncomingResponse, IncomingResponse, Method as HttpMethod, OutgoingBody,
    OutgoingRequest, RequestOptions, Scheme,
};
use wasip2::io::poll::Pollable;
use wasip2::io::streams::{InputStream, OutputStream, StreamError};
use zeroize::{Zeroize, Zeroizing};

use super::fault::{broken, of_code, of_stream};
use super::timer::{Timer, nanoseconds};
use crate::answer::{Answer, Fault, MAX_ANSWER};
use crate::request::{Method, Request};

/// The whole exchange.
const TOTAL: Duration = Duration::from_secs(30);
const CONNECT: Duration = Duration::from_secs(10);
const FIRST_BYTE: Duration = Duration::from_secs(20);
const BETWEEN_BYTES: Duration = Duration::from_secs(10);

const USER_AGENT: &str = concat!("envoi-oauth/", env!("CARGO_PKG_VERSION"));
const FORM: &str = "application/x-www-form-urlencoded";

/// Sends `request`, and waits for its answer.
///
/// # Errors
/// There is no answer, or one of more than [`MAX_ANSWER`] octets.
pub fn exchange(request: &Request) -> Result<Answer, Fault> {
    let deadline = Timer::after(TOTAL);
    let outgoing = outgoing(request)?;
    let body = outgoing.body().map_err(|()| broken("no body"))?;
    let answer = handle(outgoing, Some(options())).map_err(|code| of_code(&code))?;
    let sent = match &request.method {
        Method::Get => Ok(()),
        Method::Post(content) => send(&body, content.as_bytes(), &deadline),
    };
    // If the server answers before it has read all, as some do that refuse, the answer counts.
    match sent.and_then(|()| OutgoingBody::finish(body, None).map_err(|code| of_code(&code))) {
        Err(Fault::TimedOut) => Err(Fault::TimedOut),
        _ => receive(&answer, &deadline),
    }
}

fn outgoing(request: &Request) -> Result<OutgoingRequest, Fault> {
    let mut fields = vec![
        ("accept".to_owned(), b"application/json".to_vec()),
        ("user-agent".to_owned(), USER_AGENT.into()),
    ];
    if let Method::Post(body) = &request.method {
        fields.push(("content-type".to_owned(), FORM.into()));
        fields.push(("content-length".to_owned(), body.len().to_string().into()));
    }
    if let Some(value) = &request.authorization {
        fields.push(("authorization".to_owned(), value.as_bytes().to_vec()));
    }
    let headers = Fields::from_list(&fields);
    fields.iter_mut().for_each(|(_, value)| value.zeroize());
    let outgoing = OutgoingRequest::new(headers.map_err(|_| broken("the header was refused"))?);
    let endpoint = &request.endpoint;
    let scheme = if endpoint.is_secure() {
        Scheme::Https
    } else {
        Scheme::Http
    };
    let method = match request.method {
        Method::Get => HttpMethod::Get,
        Method::Post(_) => HttpMethod::Post,
    };
    let set = outgoing
        .set_method(&method)
        .and_then(|()| outgoing.set_scheme(Some(&scheme)))
        .and_then(|()| outgoing.set_authority(Some(endpoint.authority())))
        .and_then(|()| outgoing.set_path_with_query(Some(endpoint.path_with_query())));
    set.map_err(|()| broken("the host does not take the URL"))?;
    Ok(outgoing)
}

/// A host that does not know a limit refuses to set it: the deadline of the whole exchange holds all the same.
fn options() -> RequestOptions {
    let options = RequestOptions::new();
    let _ = options.set_connect_timeout(Some(nanoseconds(CONNECT)));
    let _ = options.set_first_byte_timeout(Some(nanoseconds(FIRST_BYTE)));
    let _ = options.set_between_bytes_timeout(Some(nanoseconds(BETWEEN_BYTES)));
    options
}

fn send(body: &OutgoingBody, content: &[u8], deadline: &Timer) -> Result<(), Fault> {
    let stream = body.write().map_err(|()| broken("no body"))?;
    let mut left = content;
    while !left.is_empty() {
        let room = room(&stream, deadline)?.min(left.len());
        stream
            .write(&left[..room])
            .map_err(|error| of_stream(&error))?;
        left = &left[room..];
    }
    stream.flush().map_err(|error| of_stream(&error))?;
    room(&stream, deadline).map(drop)
}

/// How many octets the stream takes now: one at least.
fn room(stream: &OutputStream, deadline: &Timer) -> Result<usize, Fault> {
    loop {
        match stream.check_write().map_err(|error| of_stream(&error))? {
            0 => wait(deadline, &stream.subscribe())?,
            room => return Ok(usize::try_from(room).unwrap_or(usize::MAX)),
        }
    }
}

fn receive(future: &FutureIncomingResponse, deadline: &Timer) -> Result<Answer, Fault> {
    wait(deadline, &future.subscribe())?;
    let response = future.get().and_then(Result::ok);
    let response = response.ok_or_else(|| broken("no answer"))?;
    let response = response.map_err(|code| of_code(&code))?;
    Ok(Answer {
        status: response.status(),
        retry_after: header(&response, "retry-after"),
        content_type: header(&response, "content-type"),
        body: body(&response, deadline)?,
    })
}

/// The first value, if it is text.
fn header(response: &IncomingResponse, name: &str) -> Option<String> {
    let value = response.headers().get(name).into_iter().next()?;
    String::from_utf8(value).ok()
}

fn body(response: &IncomingResponse, deadline: &Timer) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let incoming = response.consume().map_err(|()| broken("no body"))?;
    let stream = incoming.stream().map_err(|()| broken("no body"))?;
    // Allocated at once, because a buffer that grows leaves copies behind.
    let mut body = Zeroizing::new(Vec::with_capacity(MAX_ANSWER));
    while let Some(mut octets) = read(&stream, MAX_ANSWER + 1 - body.len(), deadline)? {
        if body.len() + octets.len() > MAX_ANSWER {
            octets.zeroize();
            return Err(Fault::TooLong);
        }
        body.extend_from_slice(&octets);
        octets.zeroize();
    }
    Ok(body)
}

/// None at the end.
fn read(stream: &InputStream, most: usize, deadline: &Timer) -> Result<Option<Vec<u8>>, Fault> {
    loop {
        // A server that sends an octet now and then makes each wait a short one.
        if deadline.has_passed() {
            return Err(Fault::TimedOut);
        }
        match stream.read(most as u64) {
            Ok(octets) if octets.is_empty() => wait(deadline, &stream.subscribe())?,
            Ok(octets) => return Ok(Some(octets)),
            Err(StreamError::Closed) => return Ok(None),
            Err(error) => return Err(of_stream(&error)),
        }
    }
}

fn wait(deadline: &Timer, event: &Pollable) -> Result<(), Fault> {
    if deadline.wait_for(event) {
        Ok(())
    } else {
        Err(Fault::TimedOut)
    }
}
