/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* SIGINT, where what was found until then is still to be said. */
#ifndef TOOLS_INTERRUPT_H
#define TOOLS_INTERRUPT_H

#include <stdbool.h>

/* From here on SIGINT is only noted. A second one ends the program at once. */
void interrupt_catch(void);
bool interrupt_seen(void);
/* All is written: ends as what was interrupted does, so that a shell sees it. Or nothing happened.
 */
void interrupt_end(void);

#endif
