//! Changes one by one, committed by hand.

use super::*;
use crate::exec::{
    AccountChange, BlockOutput, ExecError,
    tests::{ALICE, BOB, CONTRACT, World, balance, transaction},
};
use alloy_primitives::Bytes;
use revm::{
    DatabaseRef,
    state::{AccountStatus, EvmStorageSlot},
};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A source that counts and can be told to fail.
#[derive(Default)]
struct Source {
    world: Option<World>,
    marked: Option<Address>,
    fails_at: Option<&'static str>,
    reads: AtomicUsize,
}

#[derive(Debug, thiserror::Error)]
#[error("{0} can't be read")]
struct Unread(&'static str);

impl revm::database_interface::DBErrorMarker for Unread {}

impl Source {
    fn of(world: World) -> Self {
        Self {
            world: Some(world),
            ..Self::default()
        }
    }

    fn read(&self, what: &'static str) -> Result<&World, Unread> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        match self.fails_at {
            Some(failing) if failing == what => Err(Unread(what)),
            _ => Ok(self.world.as_ref().unwrap()),
        }
    }

    fn reads(&self) -> usize {
        self.reads.swap(0, Ordering::Relaxed)
    }
}

impl DatabaseRef for Source {
    type Error = Unread;

    fn basic_ref(&self, address: Address) -> Result<Option<AccountInfo>, Unread> {
        let what = match address {
            ALICE => "Alice",
            CONTRACT => "contract",
            BOB => "Bob",
            _ => "another",
        };
        let info = self.read(what)?.db.basic_ref(address).unwrap();
        Ok(info.map(|info| AccountInfo {
            account_id: (self.marked == Some(address))
                .then(storage_without_code)
                .flatten(),
            code: None,
            ..info
        }))
    }

    fn code_by_hash_ref(&self, hash: B256) -> Result<Bytecode, Unread> {
        Ok(self.read("code")?.db.code_by_hash_ref(hash).unwrap())
    }

    fn storage_ref(&self, address: Address, slot: U256) -> Result<U256, Unread> {
        Ok(self.read("slot")?.db.storage_ref(address, slot).unwrap())
    }

    fn block_hash_ref(&self, _: u64) -> Result<B256, Unread> {
        self.read("hash")?;
        Ok(B256::ZERO)
    }
}

fn world() -> World {
    let mut world = World::new("Prague");
    world.contract(CONTRACT, [0x00]);
    world.slot(CONTRACT, 1, 10);
    world.slot(CONTRACT, 2, 20);
    world
}

/// An account as the journal would hand it over: loaded through the overlay, touched.
fn loaded(overlay: &mut Overlay<'_, Source>, address: Address) -> Account {
    let mut account = match overlay.basic(address).unwrap() {
        Some(info) => Account::from(info),
        None => Account::new_not_existing(Default::default()),
    };
    account.mark_touch();
    account
}

fn commit(overlay: &mut Overlay<'_, Source>, address: Address, account: Account) {
    overlay.commit([(address, account)].into_iter().collect());
}

fn write(account: &mut Account, slot: u64, original: u64, value: u64) {
    let (original, value) = (U256::from(original), U256::from(value));
    let slot_after = EvmStorageSlot::new_changed(original, value, Default::default());
    account.storage.insert(U256::from(slot), slot_after);
}

fn read(overlay: &mut Overlay<'_, Source>, slot: u64) -> u64 {
    overlay
        .storage(CONTRACT, U256::from(slot))
        .unwrap()
        .to::<u64>()
}

#[test]
fn everything_is_read_once() {
    let source = Source::of(world());
    let mut overlay = Overlay::new(&source);
    for reads in [1, 0] {
        assert_eq!(overlay.basic(ALICE).unwrap().unwrap().nonce, 0);
        assert_eq!(source.reads(), reads);
    }
    for reads in [1, 0] {
        assert!(overlay.basic(BOB).unwrap().is_none());
        assert_eq!(source.reads(), reads, "absence is remembered too");
    }
    for reads in [2, 0] {
        assert_eq!(read(&mut overlay, 1), 10);
        assert_eq!(source.reads(), reads, "the account and its slot");
    }
    let hash = overlay.basic(CONTRACT).unwrap().unwrap().code_hash;
    for reads in [1, 0] {
        let code = overlay.code_by_hash(hash).unwrap();
        assert_eq!(code.original_bytes()[..], [0x00]);
        assert_eq!(source.reads(), reads);
    }
    assert_eq!(overlay.storage(BOB, U256::ONE).unwrap(), U256::ZERO);
    assert_eq!(source.reads(), 0, "no account, no storage");
    assert!(overlay.take_changes().accounts.is_empty());
}

#[test]
fn what_changes_nothing_is_no_change() {
    let source = Source::of(world());
    let mut overlay = Overlay::new(&source);
    let account = loaded(&mut overlay, ALICE);
    commit(&mut overlay, ALICE, account);
    let mut account = loaded(&mut overlay, CONTRACT);
    write(&mut account, 1, 10, 10);
    commit(&mut overlay, CONTRACT, account);
    let nobody = loaded(&mut overlay, BOB);
    commit(&mut overlay, BOB, nobody);
    let mut untouched = loaded(&mut overlay, ALICE);
    untouched.info.balance = U256::ZERO;
    untouched.unmark_touch();
    commit(&mut overlay, ALICE, untouched);
    assert_eq!(overlay.take_changes(), StateChanges::default());
}

#[test]
fn touched_and_empty_is_deleted() {
    let mut world = world();
    world.account(BOB, 1, 0);
    let source = Source::of(world);
    let mut overlay = Overlay::new(&source);
    let mut account = loaded(&mut overlay, BOB);
    account.info.balance = U256::ZERO;
    commit(&mut overlay, BOB, account);
    assert!(overlay.basic(BOB).unwrap().is_none());
    let expected = AccountChange {
        storage_wiped: true,
        ..AccountChange::default()
    };
    assert_eq!(overlay.take_changes().accounts[&BOB], expected);
}

#[test]
fn written_wiped_and_written_again() {
    let source = Source::of(world());
    let mut overlay = Overlay::new(&source);
    let mut account = loaded(&mut overlay, CONTRACT);
    write(&mut account, 2, 20, 21);
    write(&mut account, 3, 0, 30);
    commit(&mut overlay, CONTRACT, account);
    assert_eq!((read(&mut overlay, 2), read(&mut overlay, 3)), (21, 30));

    let mut account = loaded(&mut overlay, CONTRACT);
    account.mark_selfdestruct();
    write(&mut account, 4, 0, 40);
    commit(&mut overlay, CONTRACT, account);
    for slot in 1..5 {
        assert_eq!(read(&mut overlay, slot), 0);
    }
    assert!(overlay.basic(CONTRACT).unwrap().is_none());

    let mut account = loaded(&mut overlay, CONTRACT);
    assert!(account.is_loaded_as_not_existing());
    account.mark_created();
    account.info.nonce = 1;
    write(&mut account, 2, 0, 22);
    write(&mut account, 5, 0, 0);
    commit(&mut overlay, CONTRACT, account);
    assert_eq!((read(&mut overlay, 1), read(&mut overlay, 2)), (0, 22));

    let mut changes = overlay.take_changes();
    let change = changes.accounts.remove(&CONTRACT).unwrap();
    assert!(change.storage_wiped, "slot 1 is gone as well");
    assert_eq!(change.storage, [(U256::from(2), U256::from(22))].into());
    assert_eq!(change.info.unwrap().nonce, 1);

    // In a step of its own a further write wipes nothing.
    let mut account = loaded(&mut overlay, CONTRACT);
    write(&mut account, 2, 22, 0);
    commit(&mut overlay, CONTRACT, account);
    let change = overlay.take_changes().accounts.remove(&CONTRACT).unwrap();
    assert!(!change.storage_wiped);
    assert_eq!(change.storage, [(U256::from(2), U256::ZERO)].into());
}

#[test]
fn creation_wipes_what_was_there() {
    let source = Source::of(world());
    let mut overlay = Overlay::new(&source);
    let mut account = loaded(&mut overlay, CONTRACT);
    account.status |= AccountStatus::Created;
    write(&mut account, 9, 0, 90);
    commit(&mut overlay, CONTRACT, account);
    assert_eq!((read(&mut overlay, 1), read(&mut overlay, 9)), (0, 90));
    let change = overlay.take_changes().accounts.remove(&CONTRACT).unwrap();
    assert!(change.storage_wiped);
    assert_eq!(change.storage, [(U256::from(9), U256::from(90))].into());
}

#[test]
fn new_code_outlives_later_changes_of_the_step() {
    let source = Source::of(world());
    let mut overlay = Overlay::new(&source);
    let code = Bytecode::new_raw(Bytes::from_static(&[0x5b, 0x00]));
    let hash = code.hash_slow();
    let mut account = loaded(&mut overlay, BOB);
    account.mark_created();
    account.info = AccountInfo::default()
        .with_nonce(1)
        .with_code_and_hash(code.clone(), hash);
    commit(&mut overlay, BOB, account);
    assert_eq!(overlay.code_by_hash(hash).unwrap(), code);
    let info = overlay.basic(BOB).unwrap().unwrap();
    assert_eq!((info.code, info.code_hash), (None, hash));

    let mut account = loaded(&mut overlay, BOB);
    account.info.balance = U256::from(3);
    commit(&mut overlay, BOB, account);
    let mut changes = overlay.take_changes();
    let info = changes.accounts.remove(&BOB).unwrap().info.unwrap();
    assert_eq!(
        (info.balance, info.code),
        (U256::from(3), Some(code.clone()))
    );

    // The next step has only what it changed itself, whatever the journal loaded.
    let mut account = loaded(&mut overlay, BOB);
    account.info.balance = U256::from(4);
    account.info.code = Some(code);
    commit(&mut overlay, BOB, account);
    let mut changes = overlay.take_changes();
    let info = changes.accounts.remove(&BOB).unwrap().info.unwrap();
    assert_eq!((info.balance, info.code), (U256::from(4), None));
    assert_eq!(source.reads(), 1, "new code is never asked for");
}

#[test]
fn balances_set_by_hand() {
    let source = Source::of(world());
    let mut overlay = Overlay::new(&source);
    overlay.set_balance(CONTRACT, U256::from(5)).unwrap();
    overlay.set_balance(BOB, U256::ZERO).unwrap();
    assert_eq!(
        overlay.basic(CONTRACT).unwrap().unwrap().balance,
        U256::from(5)
    );
    let bob = overlay.basic(BOB).unwrap();
    assert!(bob.unwrap().is_empty(), "it exists now");
    let changes = overlay.take_changes();
    let contract = &changes.accounts[&CONTRACT];
    let info = contract.info.as_ref().unwrap();
    assert_eq!((info.balance, info.nonce), (U256::from(5), 1));
    assert!(!info.is_empty_code_hash() && !contract.storage_wiped);
    assert_eq!(changes.accounts[&BOB].info, Some(AccountInfo::default()));
    assert_eq!(read(&mut overlay, 1), 10, "storage stays");
}

#[test]
fn leftovers_until_they_are_wiped() {
    let mut world = world();
    world.account(BOB, 1, 0);
    let source = Source {
        marked: Some(BOB),
        ..Source::of(world)
    };
    let mut overlay = Overlay::new(&source);
    overlay.basic(ALICE).unwrap();
    assert!(!overlay.has_leftovers());
    let info = overlay.basic(BOB).unwrap().unwrap();
    assert_eq!(info.account_id, None, "the mark stays inside");
    assert!(overlay.has_leftovers() && overlay.is_leftover(BOB));
    assert!(!overlay.is_leftover(ALICE));
    let mut account = loaded(&mut overlay, BOB);
    account.info.balance = U256::ZERO;
    commit(&mut overlay, BOB, account);
    assert!(!overlay.is_leftover(BOB), "its storage went with it");
}

/// Whatever read fails, wherever, the block is not judged: never "invalid", and the source's own words are kept.
#[test]
fn a_failing_source_is_never_an_invalid_block() {
    let mut world = world();
    // SLOAD 1; BLOCKHASH of the parent.
    let code = [0x60, 1, 0x54, 0x60, 0, 0x40];
    world.contract(CONTRACT, code);
    let history = alloy_eips::eip2935::HISTORY_STORAGE_ADDRESS;
    world.contract(history, code);
    let transactions = [transaction(0, BOB, 1, []), transaction(1, CONTRACT, 0, [])];
    let run = |fails_at| -> Result<BlockOutput, ExecError> {
        let source = Source {
            fails_at,
            ..Source::of(world.clone())
        };
        world.run_over(&source, &transactions)
    };
    let output = run(None).unwrap();
    assert_eq!(balance(&world.after(&output), BOB), Some(U256::ONE));
    for (what, at) in [
        ("Alice", Some(0)),
        ("Bob", Some(0)),
        ("contract", Some(1)),
        // The first to be asked for are those of the system calls.
        ("another", None),
        ("code", None),
        ("slot", None),
        ("hash", None),
    ] {
        let expected = ExecError::State {
            transaction: at,
            reason: format!("{what} can't be read"),
        };
        assert_eq!(run(Some(what)).unwrap_err(), expected, "{what}");
    }
}
