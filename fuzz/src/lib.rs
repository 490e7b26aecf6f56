//! What several fuzz targets share.

pub mod network;
pub mod pieces;
pub mod plain_replies;
pub mod tls_peer;
pub mod witness;
