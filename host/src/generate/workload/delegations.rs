//! Accounts that delegate to code (EIP-7702).

use super::Workload;
use crate::generate::{
    contracts::address,
    draft::{Draft, Form},
    genesis::CHAIN_ID,
};
use alloy_eips::eip7702::{Authorization, SignedAuthorization};
use alloy_primitives::{Address, Signature, U256, uint};

/// Order of the curve's group.
const ORDER: U256 = uint!(0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141_U256);
/// Gas for what wallets delegate to.
const WALLET: u64 = 60_000;

impl Workload {
    /// One to three authorizations. In one of four transactions the sender authorizes as well, so that its nonce rises
    /// twice.
    pub(super) fn set_code(&mut self) -> Draft {
        let place = self.any_wallet();
        let to = self.cast.wallets[place].address;
        let own = self.random.one_in(4);
        let ticket = match own {
            true => self.cast.wallets[place].ticket(),
            false => self.sender(),
        };
        let mut list = vec![self.authorization(place)];
        for _ in 0..self.random.below(3) {
            // The same wallet may come again, with the nonce that then holds.
            let other = self.any_wallet();
            list.push(self.authorization(other));
        }
        Draft::call(ticket, to)
            .with_input(vec![1], WALLET)
            .with_form(Form::Authorizations(list))
    }

    pub(super) fn wallet(&mut self) -> Draft {
        let place = self.any_wallet();
        let value = self.change();
        let input = self.random.blob(0, 32);
        if self.random.one_in(2) {
            // A delegated account still sends as others do (EIP-3607 as amended).
            let to = self.user();
            return Draft::call(self.cast.wallets[place].ticket(), to).with_value(value);
        }
        let to = self.cast.wallets[place].address;
        Draft::call(self.sender(), to)
            .with_input(input, WALLET)
            .with_value(value)
    }

    fn any_wallet(&mut self) -> usize {
        self.random.index(self.cast.wallets.len())
    }

    /// An authorization by the wallet at this place: six in ten are valid delegations, one is withdrawn, three count for
    /// nothing.
    fn authorization(&mut self, place: usize) -> (SignedAuthorization, Option<Address>) {
        let other = self.any_wallet();
        let delegate = match self.random.below(6) {
            0..=2 => address("counter"),
            3 => address("logger"),
            // The identity precompile, whose code delegation does not run.
            4 => Address::with_last_byte(4),
            // Another account that may be delegated: delegations are followed once only.
            _ => self.cast.wallets[other].address,
        };
        let any_chain = self.random.one_in(3);
        let draw = self.random.below(10);
        let wallet = &mut self.cast.wallets[place];
        let mut authorization = Authorization {
            chain_id: U256::from(if any_chain { 0 } else { CHAIN_ID }),
            address: delegate,
            nonce: wallet.nonce,
        };
        match draw {
            6 => authorization.address = Address::ZERO,
            7 => authorization.nonce += 1,
            8 => authorization.chain_id = U256::from(CHAIN_ID + 1),
            _ => {}
        }
        let signature = wallet.sign(authorization.signature_hash());
        match draw {
            ..=6 => wallet.nonce += 1,
            9 => return (invalid(authorization, signature, any_chain), None),
            _ => {}
        }
        (authorization.into_signed(signature), Some(wallet.address))
    }
}

/// An authorization without a signer: the s of its signature is the higher one, or its r is zero.
fn invalid(
    authorization: Authorization,
    signature: Signature,
    high_s: bool,
) -> SignedAuthorization {
    let odd = u8::from(signature.v());
    let (y_parity, r, s) = match high_s {
        true => (1 - odd, signature.r(), ORDER - signature.s()),
        false => (odd, U256::ZERO, signature.s()),
    };
    SignedAuthorization::new_unchecked(authorization, y_parity, r, s)
}
