//! The server's URL, and the credentials whose secret the URL does not contain.

use percent_encoding::percent_decode_str;

use crate::envoi::mail::smtp::{BearerCredentials, Credentials, PasswordCredentials};

/// No `Debug`, because it contains secrets.
pub(crate) struct Server {
    /// The URL for `mailer.from-url`.
    pub url: String,
    /// None if the URL contains them, or there are none.
    pub credentials: Option<Credentials>,
}

impl Server {
    /// The error is a line for people.
    pub(crate) fn new(
        url: &str,
        password: Option<String>,
        token: Option<String>,
    ) -> Result<Self, &'static str> {
        // The mailer reports errors in the URL itself.
        let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
        let user = rest.rsplit_once('@');
        let Some((user, host)) = user.filter(|(user, _)| !user.contains(':')) else {
            let url = url.to_owned();
            let credentials = None;
            return Ok(Self { url, credentials });
        };
        let username = percent_decode_str(user).decode_utf8();
        let username = username
            .map_err(|_| "the server's user name is not percent-encoded UTF-8")?
            .into_owned();
        Ok(Self {
            url: format!("{scheme}://{host}"),
            credentials: Some(credentials(username, password, token)?),
        })
    }
}

fn credentials(
    username: String,
    password: Option<String>,
    token: Option<String>,
) -> Result<Credentials, &'static str> {
    match (password, token) {
        (Some(password), None) => Ok(Credentials::Password(PasswordCredentials {
            username,
            password,
            authorization_id: None,
        })),
        (None, Some(token)) => Ok(Credentials::Bearer(BearerCredentials { username, token })),
        (Some(_), Some(_)) => Err("ENVOI_PASSWORD and ENVOI_TOKEN are both set: give one"),
        (None, None) => Err(
            "the server's URL names a user and no password: set ENVOI_PASSWORD (or ENVOI_TOKEN), \
             and let the host pass it on (wasmtime: --env ENVOI_PASSWORD)",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(url: &str, password: Option<&str>, token: Option<&str>) -> Server {
        let own = |text: Option<&str>| text.map(str::to_owned);
        Server::new(url, own(password), own(token)).unwrap_or_else(|fault| panic!("{fault}"))
    }

    #[test]
    fn a_user_is_completed_by_a_password_or_a_token() {
        let url = "smtps://ada%40mail.test@mail.test:2465";
        let with_password = server(url, Some("p:/@"), None);
        assert_eq!(with_password.url, "smtps://mail.test:2465");
        assert!(matches!(
            with_password.credentials,
            Some(Credentials::Password(PasswordCredentials { username, password, .. }))
                if username == "ada@mail.test" && password == "p:/@"
        ));
        assert!(matches!(
            server(url, None, Some("ya29.x")).credentials,
            Some(Credentials::Bearer(BearerCredentials { token, .. })) if token == "ya29.x"
        ));
    }

    #[test]
    fn a_url_that_needs_no_secret_is_unchanged() {
        for url in [
            "smtp://mail.test",
            "smtps://ada:sesame@mail.test",
            "nonsense",
        ] {
            let server = server(url, Some("unused"), None);
            assert_eq!(server.url, url);
            assert!(server.credentials.is_none());
        }
    }

    #[test]
    fn a_user_needs_exactly_one_secret() {
        let fault = |password: Option<String>, token| {
            let server = Server::new("smtp://ada@mail.test", password, token);
            server.err().unwrap_or_default()
        };
        assert!(fault(None, None).contains("ENVOI_PASSWORD"));
        assert!(fault(Some("a".into()), Some("b".into())).contains("both"));
    }
}
