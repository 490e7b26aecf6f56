//! A user's browser: it keeps cookies, follows redirections, and the user answers the server's questions.

use ureq::http::Response;
use ureq::http::header::{LOCATION, SET_COOKIE};
use ureq::{Agent, Body};

use super::client::Refusal;
use super::http::{agent, query};
use super::server::AuthorisationServer;

pub(super) struct Browser<'a> {
    server: &'a AuthorisationServer,
    /// Whom the user logs in as. `None` if the user denies.
    account: Option<&'a str>,
    agent: Agent,
    /// Names and values.
    cookies: Vec<(String, String)>,
}

impl<'a> Browser<'a> {
    pub(super) fn new(server: &'a AuthorisationServer, account: Option<&'a str>) -> Browser<'a> {
        Browser {
            server,
            account,
            agent: agent(),
            cookies: Vec::new(),
        }
    }

    /// Opens a page; returns the URL of the client to which the server sends the browser back.
    pub(super) fn visit(&mut self, url: &str) -> Result<String, Refusal> {
        let page = self.get(url)?;
        self.follow(page).map(|(url, _)| url)
    }

    /// Enters the code that a device shows, and confirms it; returns the last page.
    pub(super) fn enter(&mut self, user_code: &str) -> Result<String, Refusal> {
        let page = self.server.url("/device");
        let form = self.get(&page)?.into_body().read_to_string()?;
        let secret = hidden(&form, "xsrf").to_owned();
        let common = [("xsrf", &*secret), ("user_code", user_code)];
        // The server shows the code once more.
        self.post(&page, &common)?;
        let confirmed = self.post(&page, &[&common[..], &[("confirm", "yes")]].concat())?;
        self.follow(confirmed).map(|(_, page)| page)
    }

    /// Follows redirections until one leaves the server, or a page is not one. Returns the last URL and page.
    fn follow(&mut self, mut page: Response<Body>) -> Result<(String, String), Refusal> {
        let mut url = String::new();
        while let Some(location) = page.headers().get(LOCATION) {
            let location = location.to_str().unwrap_or_default();
            url = match location.strip_prefix('/') {
                Some(path) => self.server.url(&format!("/{path}")),
                None => location.to_owned(),
            };
            if !url.starts_with(&self.server.url("/")) {
                return Ok((url, String::new()));
            }
            if let (true, Some(account)) = (url.contains("/interaction/"), self.account) {
                url = format!("{url}?{}", query(&[("account", account)]));
            }
            page = self.get(&url)?;
        }
        Ok((url, page.into_body().read_to_string()?))
    }

    fn get(&mut self, url: &str) -> Result<Response<Body>, Refusal> {
        let request = self.agent.get(url).header("Cookie", self.cookie());
        let page = request.call()?;
        Ok(self.keep_cookies(page))
    }

    fn post(&mut self, url: &str, form: &[(&str, &str)]) -> Result<Response<Body>, Refusal> {
        let request = self.agent.post(url).header("Cookie", self.cookie());
        let page = request.send_form(form.iter().copied())?;
        Ok(self.keep_cookies(page))
    }

    fn cookie(&self) -> String {
        let pairs = self.cookies.iter();
        let pairs: Vec<String> = pairs
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    fn keep_cookies(&mut self, page: Response<Body>) -> Response<Body> {
        for cookie in page.headers().get_all(SET_COOKIE) {
            let pair = cookie.to_str().unwrap_or_default();
            let pair = pair.split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').unwrap_or_default();
            self.cookies.retain(|(kept, _)| kept != name);
            if !value.is_empty() {
                self.cookies.push((name.into(), value.into()));
            }
        }
        page
    }
}

impl AuthorisationServer {
    /// A user enters the code that a device shows (RFC 8628, section 3.3), logs in as this account and
    /// consents; or denies, if there is no account.
    pub fn enter_device_code(&self, user_code: &str, account: Option<&str>) -> Result<(), Refusal> {
        Browser::new(self, account).enter(user_code).map(drop)
    }
}

/// The value of a field of a form that the user does not see.
fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    let field = format!("name=\"{name}\" value=\"");
    let rest = page.split_once(&field).map(|(_, rest)| rest);
    rest.and_then(|rest| rest.split('"').next())
        .unwrap_or_default()
}
