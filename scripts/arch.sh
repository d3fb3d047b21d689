# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034 # for who sources it
#
# What differs between the architectures that module and tool are tested on.

# arch_facts ARCH: set
#	arch_triplet	the prefix of its cross compiler
#	arch_linux	what Kbuild calls it
#	arch_flavour	its kernels' flavour in Debian
#	arch_kernels	which of them there are
#	arch_suite	what of Debian has the newer one: security or backports
#	arch_qemu	its emulator
#	arch_machine	the machine to emulate, and its processor
#	arch_cpu
#	arch_console	the kernel's name for its serial line
#	arch_smp	how many processors it has if nobody says; two make emulation
#			several times slower where it has to flush often what it has translated
#	arch_bus	how virtio devices are attached to it: pci or ccw
#	arch_share	how folders of the host are: virtiofs, or 9p for who has not this
#			host's order of bytes
arch_facts() {
	arch_bus=pci arch_share=virtiofs arch_kernels=(6.1 6.12) arch_suite=security arch_smp=1
	case $1 in
	amd64)
		arch_triplet=x86_64-linux-gnu arch_linux=x86 arch_flavour=cloud-amd64
		arch_smp=2
		arch_qemu=qemu-system-x86_64 arch_machine=q35,hpet=off,graphics=off
		# What emulation pays dearly for and nobody here needs: five-level
		# page tables and the access-prevention flips at every user copy.
		arch_cpu=max,la57=off,smap=off arch_console=ttyS0
		;;
	arm64)
		arch_triplet=aarch64-linux-gnu arch_linux=arm64 arch_flavour=cloud-arm64
		arch_qemu=qemu-system-aarch64 arch_machine=virt,gic-version=3
		arch_cpu=cortex-a72 arch_console=ttyAMA0
		;;
	armhf)
		arch_triplet=arm-linux-gnueabihf arch_linux=arm arch_flavour=armmp
		arch_suite=backports
		# What lies higher is for kernels with large addresses.
		arch_qemu=qemu-system-arm arch_machine=virt,highmem=off
		arch_cpu=cortex-a15 arch_console=ttyAMA0
		;;
	s390x)
		arch_triplet=s390x-linux-gnu arch_linux=s390 arch_flavour=s390x
		arch_suite=backports
		arch_qemu=qemu-system-s390x arch_machine=s390-ccw-virtio
		arch_cpu=max arch_console=ttysclp0 arch_bus=ccw arch_share=9p
		;;
	*) return 1 ;;
	esac
}
