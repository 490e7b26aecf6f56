//! HTTP over loopback.

use std::time::Duration;

use ureq::Agent;

/// Longer than the server takes for any answer.
const TIME_LIMIT: Duration = Duration::from_secs(20);

/// Follows no redirection, and gives every status to its caller.
pub(super) fn agent() -> Agent {
    let configuration = Agent::config_builder()
        .max_redirects(0)
        .http_status_as_error(false)
        .proxy(None)
        .timeout_global(Some(TIME_LIMIT));
    configuration.build().into()
}

pub(super) fn query(parameters: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(parameters).finish()
}
