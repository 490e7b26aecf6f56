//! The host's error codes as faults.

use wasip2::http::types::{ErrorCode, http_error_code};
use wasip2::io::streams::StreamError;

use crate::answer::Fault;

pub(super) fn of_code(code: &ErrorCode) -> Fault {
    use ErrorCode as Code;
    match code {
        Code::HttpRequestDenied | Code::DestinationIpProhibited => Fault::Denied,
        Code::DnsTimeout | Code::DnsError(_) | Code::DestinationNotFound => Fault::Lookup,
        Code::DestinationUnavailable
        | Code::DestinationIpUnroutable
        | Code::ConnectionRefused
        | Code::ConnectionLimitReached => Fault::Connect,
        Code::TlsProtocolError | Code::TlsCertificateError | Code::TlsAlertReceived(_) => {
            Fault::Tls
        }
        Code::ConnectionTimeout
        | Code::ConnectionReadTimeout
        | Code::ConnectionWriteTimeout
        | Code::HttpResponseTimeout => Fault::TimedOut,
        Code::HttpResponseBodySize(_)
        | Code::HttpResponseHeaderSectionSize(_)
        | Code::HttpResponseHeaderSize(_) => Fault::TooLong,
        Code::ConnectionTerminated => broken("the connection ended"),
        Code::HttpResponseIncomplete => broken("it is incomplete"),
        Code::HttpProtocolError => broken("it is not HTTP"),
        // The host's words for other codes may quote the request.
        _ => broken("the host's HTTP client failed"),
    }
}

pub(super) fn of_stream(error: &StreamError) -> Fault {
    match error {
        StreamError::Closed => broken("the connection ended"),
        StreamError::LastOperationFailed(error) => {
            http_error_code(error).map_or_else(|| broken("the connection ended"), |it| of_code(&it))
        }
    }
}

pub(super) fn broken(how: &str) -> Fault {
    Fault::Broken(how.into())
}
