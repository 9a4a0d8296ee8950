//! What instructions the compiled levels consist of, read from this test's own binary, which holds the crate as any
//! program would: with every level, whatever processor it was built on.
//!
//! A function that may use a level's instructions is one that enables them, and those stand in the level's modules:
//! `avx2` or `avx512` is in their symbols' names. All others are for any x86-64.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

use phalanx_kernels::{Level, RecoverInput, SRule, keccak256_batch, recover_batch};
use std::{
    io::{BufRead, BufReader, ErrorKind, Write},
    process::{Command, Stdio},
};

/// The smallest feature set that has an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Needs {
    /// What every x86-64 has, or scalar extensions.
    Nothing,
    /// AVX, AVX2 or FMA: VEX encoding on xmm or ymm registers.
    Avx2,
    /// Anything encoded with EVEX, whatever its registers; opmask registers; and multiply-adds of 52 bits in VEX form,
    /// which have a feature flag of their own.
    Avx512,
}

/// A line of objdump's: address, bytes, mnemonic with operands.
struct Instruction<'a> {
    bytes: &'a str,
    text: &'a str,
}

impl<'a> Instruction<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let mut columns = line.splitn(3, '\t');
        let address = columns.next()?.trim().strip_suffix(':')?;
        u64::from_str_radix(address, 16).ok()?;
        Some(Self {
            bytes: columns.next()?.trim(),
            text: columns.next()?,
        })
    }

    fn needs(&self) -> Needs {
        // In 64-bit code 62 begins EVEX and nothing else; segment and address size prefixes may come before.
        let prefixes = ["26", "2e", "36", "3e", "64", "65", "67"];
        let mut bytes = self.bytes.split(' ');
        let first = bytes.find(|byte| !prefixes.contains(byte));
        let (mnemonic, operands) = self.text.split_once(' ').unwrap_or((self.text, ""));
        // What follows names addresses by their symbols.
        let operands = operands.split(['<', '#']).next().unwrap_or_default();
        let registers = operands.split(|c: char| !c.is_ascii_alphanumeric());
        let opmask = |name: &str| matches!(name.as_bytes(), [b'k', b'0'..=b'7']);
        if first == Some("62")
            || operands.contains("zmm")
            || registers.into_iter().any(opmask)
            || self.text.contains("vpmadd52")
        {
            return Needs::Avx512;
        }
        let vector = operands.contains("xmm") || operands.contains("ymm");
        if mnemonic.starts_with('v') && vector || mnemonic == "vzeroupper" {
            return Needs::Avx2;
        }
        Needs::Nothing
    }
}

/// A function, the most that its instructions need, and the first that needs it.
#[derive(Debug)]
struct Function {
    symbol: String,
    needs: Needs,
    example: String,
    calls: Vec<String>,
}

impl Function {
    fn is_ours(&self) -> bool {
        self.symbol.contains("phalanx_kernels")
    }

    /// Whether a module of this name is in the symbol's path, which mangling leaves legible, lengths before names.
    fn is_in(&self, module: &str) -> bool {
        self.is_ours() && self.symbol.contains(&format!("{}{module}", module.len()))
    }
}

/// All functions of this binary; `None`, and a line that says so, where there is no objdump.
fn functions() -> Option<Vec<Function>> {
    let binary = std::env::current_exe().expect("a path");
    let spawned = Command::new("objdump")
        .args(["--disassemble", "--wide"])
        .arg(binary)
        .stdout(Stdio::piped())
        .spawn();
    let mut objdump = match spawned {
        Ok(objdump) => objdump,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            assert!(
                std::env::var_os("PHALANX_REQUIRE_OBJDUMP").is_none(),
                "no objdump and PHALANX_REQUIRE_OBJDUMP is set"
            );
            // Not eprintln!, which the test harness keeps to itself when a test passes.
            std::io::stderr()
                .write_all(b"SKIPPED object code: no objdump\n")
                .expect("standard error takes a line");
            return None;
        }
        Err(error) => panic!("objdump: {error}"),
    };
    let mut functions: Vec<Function> = Vec::new();
    let output = BufReader::new(objdump.stdout.take().expect("piped"));
    for line in output.lines() {
        let line = line.expect("objdump writes UTF-8");
        if let Some((_, symbol)) = line
            .strip_suffix(">:")
            .and_then(|line| line.split_once(" <"))
        {
            functions.push(Function {
                symbol: symbol.to_owned(),
                needs: Needs::Nothing,
                example: String::new(),
                calls: Vec::new(),
            });
        } else if let (Some(function), Some(instruction)) =
            (functions.last_mut(), Instruction::parse(&line))
        {
            let needs = instruction.needs();
            if needs > function.needs {
                function.needs = needs;
                function.example = line.trim().to_owned();
            }
            if let Some((_, callee)) = instruction.text.split_once('<') {
                function.calls.push(callee.to_owned());
            }
        }
    }
    assert!(objdump.wait().expect("objdump ends").success());
    Some(functions)
}

/// Links the code of every level.
fn use_both_batches() {
    let input = RecoverInput {
        prehash: [1; 32],
        r: [1; 32],
        s: [1; 32],
        y_parity: 0,
        s_rule: SRule::Any,
    };
    recover_batch(Level::portable(), &[input], &mut [Ok([0; 20])]);
    keccak256_batch(Level::portable(), &[b"abc"], &mut [[0; 32]]);
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "intrinsics are functions of their own until they are inlined"
)]
fn levels_keep_to_their_instructions() {
    use_both_batches();
    let Some(functions) = functions() else {
        return;
    };
    // The test can tell: each level's modules, of hashing and of fields, hold functions that need what they should.
    for (area, module, needs) in [
        ("lanes", "avx2", Needs::Avx2),
        ("field", "avx2", Needs::Avx2),
        ("lanes", "avx512", Needs::Avx512),
        ("field", "avx512", Needs::Avx512),
    ] {
        let of_area = functions
            .iter()
            .filter(|function| function.is_in(area) && function.is_in(module));
        let most = of_area.map(|function| function.needs).max();
        assert_eq!(most, Some(needs), "{area}::{module}");
    }
    let portable = functions
        .iter()
        .filter(|function| function.is_ours() && !function.is_in("avx2"))
        .filter(|function| !function.is_in("avx512"));
    assert!(portable.clone().count() > 10);
    for function in portable {
        assert_eq!(function.needs, Needs::Nothing, "{function:#?}");
    }
    // Not in another crate's functions either, nor in intrinsics that weren't inlined.
    for function in &functions {
        if function.needs == Needs::Avx512 {
            assert!(function.is_in("avx512"), "{function:#?}");
        }
        if function.is_in("avx2") {
            let mut calls = function.calls.iter();
            let call = calls.find(|callee| callee.contains("avx512"));
            assert_eq!(call, None, "{}", function.symbol);
        }
    }
}

#[test]
fn instructions_are_told_apart() {
    for (line, needs) in [
        (
            "  1140:\t62 f1 fe 48 6f 07 \tvmovdqu64 (%rdi),%zmm0",
            Needs::Avx512,
        ),
        // On ymm registers that AVX2 has, and after an address size prefix.
        (
            "  1146:\t62 f3 ed 28 25 c1 96 \tvpternlogq $0x96,%ymm1,%ymm2,%ymm0",
            Needs::Avx512,
        ),
        (
            "  114d:\t67 62 f1 fe 28 6f 07 \tvmovdqu64 (%edi),%ymm0",
            Needs::Avx512,
        ),
        ("  1154:\tc5 fb 92 cf \tkmovd  %edi,%k1", Needs::Avx512),
        (
            "  1158:\tc4 e2 f5 b4 c2 \t{vex} vpmadd52luq %ymm2,%ymm1,%ymm0",
            Needs::Avx512,
        ),
        (
            "  115d:\tc5 f5 ef c2 \tvpxor  %ymm2,%ymm1,%ymm0",
            Needs::Avx2,
        ),
        ("  1161:\tc5 f8 77 \tvzeroupper", Needs::Avx2),
        ("  1164:\t66 0f ef c1 \tpxor   %xmm1,%xmm0", Needs::Nothing),
        (
            "  1168:\te8 93 fe ff ff \tcall   1000 <_ZN6avx5126kernel3zmm2k1E>",
            Needs::Nothing,
        ),
        (
            "  116d:\t48 8b 05 62 62 62 00 \tmov    0x626262(%rip),%rax        # 62 <zmm>",
            Needs::Nothing,
        ),
    ] {
        let instruction = Instruction::parse(line).expect("an instruction");
        assert_eq!(instruction.needs(), needs, "{line}");
    }
    assert!(Instruction::parse("0000000000001140 <main>:").is_none());
}
