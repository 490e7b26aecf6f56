//! A mail server on loopback, and the settings that a program needs to send through it.

use servers::authority::Authority;
use servers::sink::{Account, Delivery, ObservedLine, Sink};

pub const USERNAME: &str = "ada";
pub const PASSWORD: &str = "sesame";

/// Requires STARTTLS and the password. Its certificate is for `localhost`, by its own authority.
pub struct TestMailServer {
    sink: Sink,
    /// The authority's certificate.
    pub pem: String,
}

impl TestMailServer {
    pub fn start(observer: impl Fn(ObservedLine) + Send + Sync + 'static) -> TestMailServer {
        let authority = Authority::new();
        let account = Account {
            username: USERNAME.into(),
            password: PASSWORD.into(),
        };
        let identity = authority.issue(&["localhost"]);
        TestMailServer {
            sink: Sink::start(&identity, vec![account], observer),
            pem: authority.pem(),
        }
    }

    /// The URL without the password.
    pub fn url(&self) -> String {
        format!("smtp://{USERNAME}@localhost:{}", self.sink.port())
    }

    pub fn url_with_password(&self) -> String {
        self.url().replace('@', &format!(":{PASSWORD}@"))
    }

    /// The only message, if it arrived inside TLS and from the authenticated user.
    pub fn delivery(&self) -> Result<Delivery, String> {
        match &*self.sink.deliveries() {
            [delivery] if delivery.tls && delivery.username == USERNAME => Ok(delivery.clone()),
            [_] => Err("a message arrived without TLS or its user".into()),
            others => Err(format!("{} messages arrived", others.len())),
        }
    }
}
