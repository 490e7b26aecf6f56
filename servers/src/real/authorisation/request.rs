//! A request that the server has answered.

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub method: String,
    /// Without the query.
    pub path: String,
    /// The `grant_type` of a request for tokens.
    pub grant: Option<String>,
    pub status: u16,
}

impl Request {
    /// The line that scripts/oidc_provider.mjs writes.
    pub(super) fn parse(line: &str) -> Option<Request> {
        let mut words = line.split(' ').map(String::from);
        Some(Request {
            method: words.next()?,
            path: words.next()?,
            grant: words.next().filter(|grant| grant != "-"),
            status: words.next()?.parse().ok()?,
        })
    }
}
