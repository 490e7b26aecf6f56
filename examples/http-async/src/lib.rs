//! An HTTP handler that sends mail while it streams its answer.
//!
//! ```text
//! POST / with a message  --its body, a stream-->  envoi  -->  the mail server
//!        <--a line for each step--
//! ```
//!
//! The message passes in constant memory, however large it is. It goes to `MAIL_TO`, from `MAIL_FROM`, through
//! `SMTP_URL`.

mod answer;
mod delivery;

use wasip3::http::types::{ErrorCode, Fields, Request, Response};
use wit_bindgen::spawn_local;

use delivery::Delivery;

wit_bindgen::generate!({ path: ["../../wit", "wit"], world: "example:http-async/http-async", generate_all });

struct Handler;
wasip3::http::service::export!(Handler);

/// A status, and a sentence.
type Refusal = (u16, String);

impl wasip3::exports::http::handler::Guest for Handler {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let (body, content) = wasip3::wit_stream::new();
        // The answer begins now, with the status. The lines follow as they come.
        let status = match Delivery::start(request).await {
            Ok(delivery) => {
                spawn_local(answer::tell(delivery, body));
                200
            }
            Err((status, why)) => {
                spawn_local(answer::refuse(why, body));
                status
            }
        };
        let headers = Fields::new();
        let _ = headers.append("content-type", b"text/plain; charset=utf-8");
        let (_, no_trailers) = wasip3::wit_future::new(|| Ok(None));
        let (response, _sent) = Response::new(headers, Some(content), no_trailers);
        let _ = response.set_status_code(status);
        Ok(response)
    }
}
