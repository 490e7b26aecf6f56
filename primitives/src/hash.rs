//! SHA-2 and HMAC of RustCrypto, compiled here for speed: TLS's key schedule calls them some hundred times.

use hmac::digest::common::{InvalidLength, Key, KeySizeUser};
use hmac::digest::{FixedOutput, HashMarker, MacMarker, Output, OutputSizeUser, Update};
use hmac::{Hmac, KeyInit};

macro_rules! compiled_here {
    ($(#[$doc:meta])+ $name:ident, $hash:ty) => {
        $(#[$doc])+
        #[derive(Clone)]
        pub struct $name($hash);

        impl OutputSizeUser for $name {
            type OutputSize = <$hash as OutputSizeUser>::OutputSize;
        }

        impl Update for $name {
            #[inline(never)]
            fn update(&mut self, data: &[u8]) {
                Update::update(&mut self.0, data);
            }
        }

        impl FixedOutput for $name {
            #[inline(never)]
            fn finalize_into(self, output: &mut Output<Self>) {
                self.0.finalize_into(output);
            }
        }
    };
}

macro_rules! hash {
    ($(#[$doc:meta])+ $name:ident, $hash:ty) => {
        compiled_here!($(#[$doc])+ $name, $hash);

        impl HashMarker for $name {}

        impl Default for $name {
            fn default() -> Self {
                Self(<$hash>::default())
            }
        }
    };
}

macro_rules! hmac {
    ($(#[$doc:meta])+ $name:ident, $hmac:ty) => {
        compiled_here!($(#[$doc])+ $name, $hmac);

        impl MacMarker for $name {}

        impl KeySizeUser for $name {
            type KeySize = <$hmac as KeySizeUser>::KeySize;
        }

        impl KeyInit for $name {
            fn new(key: &Key<Self>) -> Self {
                Self(<$hmac>::new(key))
            }

            #[inline(never)]
            fn new_from_slice(key: &[u8]) -> Result<Self, InvalidLength> {
                <$hmac as KeyInit>::new_from_slice(key).map(Self)
            }
        }
    };
}

hash!(
    /// 32 octets (FIPS 180-4, section 6.2).
    Sha256,
    sha2::Sha256
);
hash!(
    /// 48 octets (FIPS 180-4, section 6.5).
    Sha384,
    sha2::Sha384
);
hmac!(
    /// 32 octets (RFC 2104), with a key of any length.
    HmacSha256,
    Hmac<sha2::Sha256>
);
hmac!(
    /// 48 octets (RFC 2104), with a key of any length.
    HmacSha384,
    Hmac<sha2::Sha384>
);
