//! Requests and responses of wasi:http.

use std::io::{self, Read, Write};

use wasip2::http::types::{
    Fields, IncomingRequest, Method, OutgoingBody, OutgoingResponse, ResponseOutparam,
};

/// Octets of a too large body that are read and discarded: browsers show an answer only after they
/// have sent everything.
const DISCARDED: u64 = 1024 * 1024;

pub struct Request(IncomingRequest);

pub enum Body {
    Whole(Vec<u8>),
    TooLarge,
    BrokenOff,
}

impl Request {
    pub fn new(request: IncomingRequest) -> Self {
        Self(request)
    }

    pub fn method(&self) -> Method {
        self.0.method()
    }

    /// Without the query.
    pub fn path(&self) -> String {
        let path = self.0.path_with_query().unwrap_or_default();
        path.split('?').next().unwrap_or_default().into()
    }

    /// The host that the visitor's browser asked for, with a port if it named one.
    pub fn authority(&self) -> String {
        self.0.authority().unwrap_or_default()
    }

    /// Empty if the request has no such header.
    pub fn header(&self, name: &str) -> String {
        let values = self.0.headers().get(name);
        String::from_utf8_lossy(values.first().map_or(b"", |value| value)).into_owned()
    }

    pub fn body(&self, limit: u64) -> Body {
        let Ok(body) = self.0.consume() else {
            return Body::BrokenOff;
        };
        let Ok(mut stream) = body.stream() else {
            return Body::BrokenOff;
        };
        let mut octets = Vec::new();
        match (&mut stream).take(limit + 1).read_to_end(&mut octets) {
            Ok(length) if length as u64 <= limit => Body::Whole(octets),
            Ok(_) => {
                let _ = io::copy(&mut stream.take(DISCARDED), &mut io::sink());
                Body::TooLarge
            }
            Err(_) => Body::BrokenOff,
        }
    }
}

pub struct Response {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}

impl Response {
    /// Failures are ignored: a visitor who has left gets no answer.
    pub fn send(self, out: ResponseOutparam) {
        let headers = Fields::new();
        for (name, value) in &self.headers {
            let _ = headers.append(name, value.as_bytes());
        }
        let length = self.body.len().to_string();
        let _ = headers.append("content-length", length.as_bytes());
        let response = OutgoingResponse::new(headers);
        let _ = response.set_status_code(self.status);
        let body = response.body();
        ResponseOutparam::set(out, Ok(response));
        let Ok(body) = body else { return };
        if let Ok(mut stream) = body.write() {
            let _ = stream
                .write_all(self.body.as_bytes())
                .and_then(|()| Write::flush(&mut stream));
        }
        let _ = OutgoingBody::finish(body, None);
    }
}
