//! The message on its way from the request to the mail server.

use wasip3::cli::environment::get_environment;
use wasip3::http::types::{ErrorCode, Fields, Method, Request};
use wasip3::wit_future;
use wit_bindgen::FutureReader;

use crate::Refusal;
use crate::envoi::mail::smtp_async::{Envelope, Error, Mailer, Receipt, Timeout, explain};

/// Five minutes, in nanoseconds, for a large message from a slow client.
const TIMEOUT: u64 = 300_000_000_000;

pub struct Delivery {
    pub mailer: Mailer,
    /// Whether the whole body has come.
    pub body: FutureReader<Result<Option<Fields>, ErrorCode>>,
    pub receipt: FutureReader<Result<Receipt, Error>>,
}

impl Delivery {
    /// Begins to send the body, once the mail server has accepted the envelope.
    pub async fn start(request: Request) -> Result<Self, Refusal> {
        if !matches!(request.get_method(), Method::Post) {
            return Err((405, "POST a message".into()));
        }
        let length = length(&request).ok_or((411, "Content-Length is missing".into()))?;
        let mailer = Mailer::from_url(&variable("SMTP_URL")?).map_err(refusal)?;
        mailer.set_timeout(Timeout::Total, Some(TIMEOUT));
        let envelope = Envelope {
            sender: Some(variable("MAIL_FROM")?),
            recipients: vec![variable("MAIL_TO")?],
        };
        let (content, body) = Request::consume_body(request, wit_future::new(|| Ok(())).1);
        // A stream that breaks off only ends. The length tells that from a whole message.
        let started = mailer.start_stream(envelope, content, Some(length), None);
        // There is one recipient: if it was refused, the call has failed.
        let receipt = started.await.map_err(refusal)?.receipt;
        Ok(Self {
            mailer,
            body,
            receipt,
        })
    }
}

fn length(request: &Request) -> Option<u64> {
    let values = request.get_headers().get("content-length");
    str::from_utf8(values.first()?).ok()?.parse().ok()
}

fn variable(name: &str) -> Result<String, Refusal> {
    let mut variables = get_environment().into_iter();
    let found = variables.find(|(other, _)| other == name);
    let (_, value) = found.ok_or_else(|| (500, format!("{name} is not set")))?;
    Ok(value)
}

fn refusal(error: Error) -> Refusal {
    (502, explain(&error).sentence)
}
