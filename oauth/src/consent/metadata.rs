//! Where an authorization server is asked: known, or from its metadata (RFC 8414, OpenID Connect Discovery).

use serde::Deserialize;

use crate::answer::{Answer, Fault, object};
use crate::endpoint::Endpoint;
use crate::failure::Failure;
use crate::request::Request;

/// The endpoints of an authorization server.
pub struct Metadata {
    /// For a browser on this machine.
    pub authorization: Option<Endpoint>,
    /// For a code that is typed on another device.
    pub device_authorization: Option<Endpoint>,
    /// Where tokens come from.
    pub token: Endpoint,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: Option<String>,
    device_authorization_endpoint: Option<String>,
    token_endpoint: String,
}

impl Metadata {
    /// Google gives no codes for the scope of mail to other devices.
    ///
    /// # Errors
    /// None: the URLs are right.
    pub fn google() -> Result<Self, Failure> {
        Ok(Self {
            authorization: Some(Endpoint::parse(
                "URL",
                "https://accounts.google.com/o/oauth2/v2/auth",
            )?),
            device_authorization: None,
            token: Endpoint::parse("URL", "https://oauth2.googleapis.com/token")?,
        })
    }

    /// `tenant` is an id or a domain; `common` is for any account, `organizations` and `consumers` for some.
    ///
    /// # Errors
    /// The tenant does not fit into a URL.
    pub fn microsoft(tenant: &str) -> Result<Self, Failure> {
        let fits = |octet: u8| octet.is_ascii_alphanumeric() || b".-".contains(&octet);
        if tenant.is_empty() || !tenant.bytes().all(fits) {
            return Err(Failure::mend(
                "the tenant is an id, a domain, `common`, `organizations` or `consumers`",
            ));
        }
        let endpoint = |name| {
            let url = format!("https://login.microsoftonline.com/{tenant}/oauth2/v2.0/{name}");
            Endpoint::parse("URL", &url)
        };
        Ok(Self {
            authorization: Some(endpoint("authorize")?),
            device_authorization: Some(endpoint("devicecode")?),
            token: endpoint("token")?,
        })
    }

    /// What to ask of a server for its metadata, the first that answers 200: RFC 8414, section 3.1, then OpenID
    /// Connect Discovery, section 4.
    pub fn requests(issuer: &Endpoint) -> Result<[Request; 2], Failure> {
        let scheme = if issuer.is_secure() { "https" } else { "http" };
        let (host, path) = (issuer.authority(), issuer.path_with_query());
        let path = path.trim_end_matches('/');
        let urls = [
            format!("{scheme}://{host}/.well-known/oauth-authorization-server{path}"),
            format!("{scheme}://{host}{path}/.well-known/openid-configuration"),
        ];
        let [oauth, openid] = urls.map(|url| Endpoint::parse("issuer", &url));
        Ok([Request::get(&oauth?), Request::get(&openid?)])
    }

    /// # Errors
    /// There is no answer, it is no metadata, or it is another issuer's (RFC 8414, section 3.3).
    pub fn read(issuer: &Endpoint, answer: Result<Answer, Fault>) -> Result<Self, Failure> {
        let answer = answer.map_err(|fault| fault.failure(issuer.authority()))?;
        let document: Option<Document> = (answer.status == 200)
            .then(|| object(&answer.body))
            .flatten();
        let Some(document) = document else {
            return Err(Failure::mend(format!(
                "{issuer} has no metadata (the server answered {}): is it the issuer's URL?",
                answer.status
            )));
        };
        let is_same = |a: &str, b: &str| a.trim_end_matches('/') == b.trim_end_matches('/');
        if !is_same(&document.issuer, &issuer.to_string()) {
            return Err(Failure::mend(format!(
                "the metadata at {issuer} are those of another issuer: give its URL as the server names it"
            )));
        }
        let optional = |url: Option<String>| {
            url.map(|url| Endpoint::parse("endpoint in the metadata", &url))
                .transpose()
        };
        Ok(Self {
            authorization: optional(document.authorization_endpoint)?,
            device_authorization: optional(document.device_authorization_endpoint)?,
            token: Endpoint::parse("token_endpoint in the metadata", &document.token_endpoint)?,
        })
    }
}
