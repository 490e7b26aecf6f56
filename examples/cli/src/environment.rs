//! The environment variables. Secrets come from here, because other users can see a command line.

use wasip2::cli::environment::get_environment;

/// No `Debug`, because it contains secrets.
#[derive(Default)]
pub(crate) struct Environment {
    pub server: Option<String>,
    pub password: Option<String>,
    pub token: Option<String>,
    /// Certificates in PEM.
    pub authorities: Option<String>,
}

impl Environment {
    pub(crate) fn read() -> Self {
        let mut read = Self::default();
        for (name, value) in get_environment() {
            let slot = match name.as_str() {
                "SMTP_URL" => &mut read.server,
                "ENVOI_PASSWORD" => &mut read.password,
                "ENVOI_TOKEN" => &mut read.token,
                "ENVOI_CA" => &mut read.authorities,
                _ => continue,
            };
            *slot = Some(value).filter(|value| !value.is_empty());
        }
        read
    }
}
