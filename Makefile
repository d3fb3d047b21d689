# SPDX-License-Identifier: GPL-2.0
#
#   make                  module for the running kernel (or KDIR=...) and tool
#   make W=1 C=2          the same, with the kernel's warnings and sparse
#   make install          both, manual pages, completions, systemd's service
#   make uninstall        removes them
#   make demo             the whole story in a virtual machine
#   make check            the tests
#   make bench            what packets cost, KERNEL=6.12 or 6.1; for the documentation
#   make bench-rt         throughput, restoring and memory, for the documentation
#   make lint             what can be checked without running anything
#   make check-debug      the selftests on a kernel that looks for mistakes
#   make check-kcsan      some of them on one that looks for data races
#   make check-flood      ten million transactions
#   make check-arch       all the selftests on arm64, in emulation
#   make android KO=...   a module for Magisk and KernelSU, with nf_sipsteer in it
#   make check-android    that module, on arm64
#   make check-openwrt    the package for OpenWrt, by its recipe
#   make check-builds     the module for all kernels that the tests know, by gcc and clang
#   make check-all        all tests on all architectures
#   make coverage         which of the module's lines the selftests run
#   make check-clients    real SIP clients, registering through a mapping
#   make check-core       real CSCFs, on one host and on two
#   make check-packages   what "make dist deb rpm" makes, installed on a stock Debian
#   make fuzz TIME=60     the fuzzers, so many seconds each
#   make soak TIME=3600   everything at once, for so many seconds
#   make docs             the documentation, as HTML in build/docs
#   make dist deb rpm     the last commit, as a tarball and as packages in build
#
# KDIR is a kernel's build folder; KVER the version of an installed one. With
# SIPSTEER_DEFRAG=n the module needs no defragmentation of it.
# DESTDIR (and INSTALL_MOD_PATH, where the module is to go elsewhere) is where
# to put what is installed.

ifneq ($(KVER),)
KDIR ?= /lib/modules/$(KVER)/build
endif
KDIR ?= /lib/modules/$(shell uname -r)/build
PREFIX ?= /usr/local
SBINDIR ?= $(PREFIX)/sbin
MANDIR ?= $(PREFIX)/share/man
INSTALL_MOD_PATH ?= $(DESTDIR)
VERSION := $(shell scripts/version)

kbuild = $(MAKE) -C $(KDIR)

# What a configuration says of the compiler is of the one that built the kernel. With
# another, say it anew; clang.h does for what is in a header.
cc := $(if $(LLVM),clang$(filter -%,$(LLVM)),$(notdir $(firstword $(CC))))
ifneq ($(filter clang%,$(cc)),)
ifneq ($(shell grep -s ^CONFIG_CC_IS_GCC=y $(KDIR)/include/config/auto.conf),)
clang_version := $(shell $(cc) -dumpversion | awk -F. '{ printf "%d%02d%02d", $$1, $$2, $$3 }')
kbuild += CONFIG_CC_IS_GCC= CONFIG_CC_IS_CLANG=y CONFIG_GCC_VERSION=0 \
	CONFIG_CLANG_VERSION=$(clang_version) \
	CONFIG_CC_IMPLICIT_FALLTHROUGH=-Wimplicit-fallthrough \
	CONFIG_RETHUNK= CONFIG_MITIGATION_RETHUNK= CONFIG_SLS= CONFIG_MITIGATION_SLS= \
	CONFIG_INIT_STACK_ALL_ZERO= CONFIG_FTRACE_MCOUNT_USE_CC= \
	KCFLAGS="$(KCFLAGS) -include $(CURDIR)/scripts/clang.h"
endif
endif

# What the virtual machine loads is built apart, so that each kernel has its own.
BUILD := build/$(KVER)$(if $(filter n,$(SIPSTEER_DEFRAG)),-nodefrag)
SOURCES := Kbuild $(shell find kmod -name '*.[ch]')

all: modules tool

modules:
	$(kbuild) M=$(CURDIR) modules

module: $(BUILD)/nf_sipsteer.ko

$(BUILD)/nf_sipsteer.ko: $(SOURCES) scripts/clang.h
	$(if $(KVER),,$(error make module needs KVER=...))
	mkdir -p $(BUILD)
	# Two virtual machines may ask for it at once.
	flock $(BUILD).lock sh -c 'cp --parents -u $(SOURCES) $(BUILD) && \
		$(kbuild) M=$(abspath $(BUILD)) modules && touch $@'

# The modules that measure: selftests/bench/run asks for them.
bench-modules: $(BUILD)/bench/modules.order

$(BUILD)/bench/modules.order: selftests/bench/Kbuild $(wildcard selftests/bench/*.c)
	$(if $(KVER),,$(error make bench-modules needs KVER=...))
	mkdir -p $(@D)
	cp -u $^ $(@D)
	$(MAKE) -C $(KDIR) M=$(CURDIR)/$(@D) modules

tool:
	$(MAKE) -C userspace-ctl

paths = DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) SBINDIR=$(SBINDIR) MANDIR=$(MANDIR)
install: install-module install-tool

install-module: modules
	$(kbuild) M=$(CURDIR) INSTALL_MOD_PATH=$(INSTALL_MOD_PATH) modules_install
	# Debian's headers lack the System.map that the kernel's own call needs.
	$(if $(INSTALL_MOD_PATH),,depmod $(KVER))

install-tool:
	$(MAKE) -C userspace-ctl install install-systemd $(paths)

# The module's source, where DKMS looks for it.
DKMSDIR = $(DESTDIR)/usr/src/sipsteer-$(VERSION)

install-dkms:
	mkdir -p $(DKMSDIR)
	cp --parents $(SOURCES) $(DKMSDIR)
	sed 's/#MODULE_VERSION#/$(VERSION)/' dkms.conf >$(DKMSDIR)/dkms.conf

# From all kernels: 6.1 has what is not its own in extra, 6.12 in updates.
uninstall:
	for dir in $(INSTALL_MOD_PATH)/lib/modules/*; do \
		$(RM) $$dir/extra/nf_sipsteer.ko* $$dir/updates/nf_sipsteer.ko*; \
		$(if $(INSTALL_MOD_PATH),,depmod $${dir##*/};) \
	done
	$(MAKE) -C userspace-ctl uninstall $(paths)

# The same commit makes the same tarball, wherever and whenever.
tarball := build/sipsteer-$(VERSION).tar.gz

dist:
	scripts/version --check
	mkdir -p build
	git -c tar.umask=0022 archive --prefix=sipsteer-$(VERSION)/ HEAD | gzip -9n >$(tarball)

# Built from the tarball, which needs nothing else.
deb: dist
	rm -rf build/deb
	mkdir build/deb
	tar -C build/deb -xf $(tarball)
	cd build/deb/sipsteer-$(VERSION) && dpkg-buildpackage -us -uc

rpm: dist
	rm -rf build/rpm
	mkdir -p build/rpm/SOURCES
	cp $(tarball) build/rpm/SOURCES
	sed 's/@VERSION@/$(VERSION)/' packaging/rpm/sipsteer.spec.in >build/rpm/sipsteer.spec
	rpmbuild --define "_topdir $(CURDIR)/build/rpm" $(RPMBUILD) -ba build/rpm/sipsteer.spec

deps:
	scripts/deps.sh

# The demo's phone.
build/demo/ims-ue: selftests/demo/ims-ue.c
	mkdir -p $(@D)
	$(CC) -O2 -Wall -Wextra -o $@ $< -lnettle

demo: deps
	$(MAKE) -s tool
	selftests/demo/run

# What two of the checks may want at once is built before.
check: deps
	@$(MAKE) -s -C userspace-ctl all tests/sipsteer-asan tests/test_mapping
	@selftests/run-suite $(ALL) \
		--check clients "selftests/vm/run --kernel 6.12 -- selftests/clients/run" \
		--check clang "selftests/vm/run --kernel 6.12 --clang -- selftests/register_then_options.sh" \
		--check bench "selftests/bench/run --check" \
		--check throughput "selftests/vm/run --kernel 6.12 --icount -- selftests/bench/tcp_throughput.sh" \
		--check arm64 "selftests/run-suite --arch arm64 --kernel 6.12 --quick" \
		--check lint scripts/lint \
		--check demo "selftests/demo/run >build/logs/demo.txt" \
		--check tool-unit "make -s -C userspace-ctl check-unit" \
		--check tool-cli "make -s -C userspace-ctl check-cli" \
		--check tool-systemd "make -s -C userspace-ctl check-systemd" \
		--check tool-config "make -s -C userspace-ctl check-config" \
		--check tool-completion "make -s -C userspace-ctl check-completion" \
		--check tool-migrate "make -s -C userspace-ctl check-migrate" \
		--check fuzz "make -s -C selftests/fuzz check" \
		--check docs "make -s docs" \
		--check release "selftests/packages/build --quick"

KERNEL ?= 6.12
bench: deps
	selftests/bench/run --kernel $(KERNEL) --full

bench-rt: deps
	selftests/bench/rt/run
	selftests/bench/rt/report.py

lint: deps
	scripts/lint

# In the end the module is unloaded, and what it has not freed by then is a failure, too: see
# selftests/vm/guest-main.
check-debug: deps
	$(MAKE) -s tool
	selftests/run-suite --kernel debug

check-kcsan: deps
	$(MAKE) -s tool
	selftests/run-suite --kernel kcsan --concurrent

# Ten million transactions, where there is room for some ten thousand.
check-flood: deps
	$(MAKE) -s tool
	selftests/vm/run --kernel 6.12 --timeout 7200 -- \
		env VERBOSE=1 FLOOD=10000000 selftests/transaction_table_full.sh

check-arch: deps
	selftests/run-suite --arch arm64

# For the phones' kernels: make android KO="one/nf_sipsteer.ko another/nf_sipsteer.ko"
android:
	scripts/android-package $(KO)

check-android: deps
	scripts/deps.sh --all-arches
	packaging/android/check

check-builds: deps
	scripts/deps.sh --all-arches
	scripts/check-builds

check-openwrt: deps
	packaging/openwrt/check

# The emulated s390x has its own trouble with checksums on 6.12: see Documentation/platforms.rst.
check-all: ALL := --all
check-all: check check-arch check-android check-openwrt check-builds
	selftests/run-suite --arch armhf --basic
	selftests/run-suite --arch s390x --kernel 6.1 --basic
	selftests/vm/test_no_defrag.sh

coverage: deps
	$(MAKE) -s tool
	selftests/coverage/run

check-clients: deps
	$(MAKE) -s tool
	$(MAKE) -s -C selftests tools
	selftests/vm/run --kernel 6.12 -- selftests/clients/run

check-core: deps build/demo/ims-ue
	$(MAKE) -s tool
	selftests/run-suite $(addprefix selftests/core/,all_in_one.sh pcscf_host.sh split.sh)

fuzz: TIME ?= 60
fuzz: deps
	$(MAKE) -s -C selftests/fuzz check TIME=$(TIME)
	$(MAKE) -s -C selftests tools
	$(MAKE) -s tool
	selftests/fuzz/run-kernel $(TIME)

soak: TIME ?= 3600
soak: deps
	$(MAKE) -s -C selftests tools
	$(MAKE) -s tool
	selftests/soak/run $(TIME)

check-packages: deps
	selftests/packages/build
	selftests/packages/guest

docs: deps
	sphinx-build -q -n -W --keep-going -d build/docs.cache -b html Documentation build/docs

clean:
	$(MAKE) -C $(KDIR) M=$(CURDIR) clean
	$(MAKE) -C userspace-ctl clean
	rm -rf build

.PHONY: all modules module bench-modules tool install deps demo bench bench-rt check \
	check-clients check-core check-builds check-debug check-kcsan check-flood check-packages \
	check-arch check-android check-openwrt check-all android coverage docs clean lint fuzz soak \
	install-module install-tool install-dkms uninstall dist deb rpm
