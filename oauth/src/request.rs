//! A request to an endpoint, before it is sent.

use form_urlencoded::byte_serialize;
use zeroize::Zeroizing;

use crate::client::{Authentication, Client};
use crate::endpoint::Endpoint;
use crate::secrets::Secrets;

/// What is sent. It is wiped from memory when dropped. No `Debug`, because it has secrets.
pub struct Request {
    /// Where it goes.
    pub endpoint: Endpoint,
    /// With what.
    pub method: Method,
    /// The value of the header field, if there is to be one.
    pub authorization: Option<Zeroizing<String>>,
    pub(crate) secrets: Secrets,
}

/// GET, or POST with a body of the type `application/x-www-form-urlencoded`.
pub enum Method {
    /// Without a body.
    Get,
    /// With this one.
    Post(Zeroizing<String>),
}

impl Request {
    pub(crate) fn get(endpoint: &Endpoint) -> Self {
        Self {
            endpoint: endpoint.clone(),
            method: Method::Get,
            authorization: None,
            secrets: Secrets::default(),
        }
    }

    pub(crate) fn post(endpoint: &Endpoint) -> Self {
        let mut request = Self::get(endpoint);
        request.method = Method::Post(Zeroizing::default());
        request
    }

    /// Adds a field to the body.
    pub(crate) fn field(mut self, name: &str, value: &str) -> Self {
        if let Method::Post(body) = &mut self.method {
            let value = encode(value);
            // Allocated at once, because a buffer that grows leaves copies behind.
            let length = body.len() + name.len() + value.len() + 2;
            let mut longer = Zeroizing::new(String::with_capacity(length));
            longer.push_str(body);
            if !body.is_empty() {
                longer.push('&');
            }
            longer.push_str(name);
            longer.push('=');
            longer.push_str(&value);
            *body = longer;
        }
        self
    }

    /// Adds a field whose value no error may show.
    pub(crate) fn secret(mut self, name: &str, value: &str) -> Self {
        self.secrets.add(value);
        self.secrets.add(&encode(value));
        self.field(name, value)
    }

    pub(crate) fn optional(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.field(name, value),
            None => self,
        }
    }

    /// Adds the client, and its secret in its way.
    pub(crate) fn client(mut self, client: &Client) -> Self {
        match &client.authentication {
            Authentication::Public => self.field("client_id", &client.id),
            Authentication::SecretInBody(secret) => {
                let with_id = self.field("client_id", &client.id);
                with_id.secret("client_secret", secret)
            }
            Authentication::SecretInHeader(secret) => {
                let value = client.basic(secret);
                for shown in [secret, &encode(secret), &value] {
                    self.secrets.add(shown);
                }
                self.authorization = Some(value);
                self
            }
        }
    }
}

/// As a form's name or value. Allocated once.
pub(crate) fn encode(text: &str) -> Zeroizing<String> {
    let mut encoded = Zeroizing::new(String::with_capacity(text.len() * 3));
    encoded.extend(byte_serialize(text.as_bytes()));
    encoded
}
