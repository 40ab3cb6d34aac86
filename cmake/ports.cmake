# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# The ports (ports/) and script/vendor. What a test does is said at the head of its script.

set(ports_tests ${PROJECT_SOURCE_DIR}/tests/ports)
set(ports_work ${PROJECT_BINARY_DIR}/ports)

# Compiled as their hosts do, against stand-ins for their headers; el2-monitor against its own.
foreach(host xen hafnium bao jailhouse tf-rmm zephyr libvmm el2-monitor)
	add_test(NAME port_${host}
		COMMAND sh ${ports_tests}/check_port.sh
			${PROJECT_SOURCE_DIR} ${ports_work}/check ${host} "${ITSGUARD_AARCH64_GCC}")
	list(APPEND port_tests port_${host})
endforeach()

# The glue where there are page states to keep, run over a model of them.
foreach(host linux-nvhe xen hafnium jailhouse)
	add_test(NAME port_contract_${host}
		COMMAND sh ${ports_tests}/contract.sh
			${PROJECT_SOURCE_DIR} ${ports_work}/contract ${host} ${CMAKE_C_COMPILER})
	list(APPEND port_tests port_contract_${host})
endforeach()

# For all others.
add_test(NAME port_generic
	COMMAND sh ${ports_tests}/generic.sh
		${PROJECT_SOURCE_DIR} ${ports_work}/generic ${CMAKE_C_COMPILER})
list(APPEND port_tests port_generic)

add_test(NAME vendor
	COMMAND sh ${ports_tests}/vendor.sh ${PROJECT_SOURCE_DIR} ${ports_work}/vendor)
set_tests_properties(${port_tests} vendor PROPERTIES
	SKIP_RETURN_CODE 77 LABELS "tree;ports")

# The real thing: a minute or two, and 150 MB to fetch the first time. ITSGUARD_LINUX=off skips it.
add_test(NAME port_linux
	COMMAND sh ${ports_tests}/linux_nvhe.sh ${PROJECT_SOURCE_DIR} ${ports_work}/linux)
set_tests_properties(port_linux PROPERTIES
	SKIP_RETURN_CODE 77 LABELS "tree;ports;port-linux")

# And booted, and attacked: a quarter of an hour the first time, so only with ITSGUARD_PKVM=1 in the
# environment.
add_test(NAME pkvm COMMAND sh -c
	"[ \"$ITSGUARD_PKVM\" = 1 ] || { echo 'skipped: only with ITSGUARD_PKVM=1 in the environment'; exit 77; }; exec sh script/pkvm --quick"
	WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
set_tests_properties(pkvm PROPERTIES
	SKIP_RETURN_CODE 77 RESOURCE_LOCK machine LABELS "tree;qemu;pkvm")
