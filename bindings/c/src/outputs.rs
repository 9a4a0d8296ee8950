//! Where addresses go, and what became of each.

use crate::{
    failure::Failure,
    memory::{Place, Region},
    status::Item,
    types::Address,
};

/// Two places of the caller's, with room for a batch.
#[derive(Debug)]
pub struct Outputs {
    addresses: Place<Address>,
    items: Place<u8>,
}

impl Outputs {
    /// Checks that they are apart from each other.
    pub fn new(addresses: *mut Address, items: *mut u8, count: usize) -> Result<Self, Failure> {
        let addresses = Place::new("addresses", addresses, count)?;
        let items = Place::new("items", items, count)?;
        addresses.region().apart_from(&items.region())?;
        Ok(Self { addresses, items })
    }

    /// The parts of memory that are written.
    pub fn regions(&self) -> [Region; 2] {
        [self.addresses.region(), self.items.region()]
    }

    /// Checks that other memory holds none of them.
    pub fn apart_from(&self, other: &Region) -> Result<(), Failure> {
        let [addresses, items] = self.regions();
        addresses.apart_from(other)?;
        items.apart_from(other)
    }

    /// Writes as many results as there is room for; the address beside an error is zero.
    ///
    /// # Safety
    ///
    /// As for [`Place::write`].
    pub unsafe fn write(self, results: impl Iterator<Item = Result<Address, Item>>) {
        let (addresses, items): (Vec<_>, Vec<_>) = results
            .map(|result| match result {
                Ok(address) => (address, Item::Ok as u8),
                Err(item) => (Address { bytes: [0; 20] }, item as u8),
            })
            .unzip();
        // SAFETY: promised above. Of two writes, neither can be without the other: both lengths are those of `results`.
        unsafe {
            self.addresses.write(&addresses);
            self.items.write(&items);
        }
    }
}
