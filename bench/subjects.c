/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* All of them. */
#include "subject.h"

const struct subject *const subjects[SUBJECTS] = {
	&subject_itsguard, &subject_array, &subject_roaring, &subject_uthash, &subject_judy,
};
