/*
 * What a run notes so that it can be told what it may have missed: how many attempts the ports that
 * answered took, how many those had that nothing answered, and what was lost of the ports that had
 * answered and were asked again (sentinels).
 */
#ifndef BASE_EVIDENCE_H
#define BASE_EVIDENCE_H

#include <stdbool.h>
#include <stdint.h>

#define PTL_TRIES 8        /* attempts told apart; the last stands for that many and more */
#define PTL_SHARE_ALL 1000 /* of shares that are kept as whole numbers */

/* Sentinels, less those of times whose silence counted for nothing. */
struct ptl_sentinels {
    uint64_t asked, lost; /* lost: as they weigh by how much was sent at that speed */
    uint32_t slices;      /* tenths of a second in which one was asked */
    uint16_t alike;       /* how alike losses of one slice are: 0 as chance has it, 1 all or none */
    uint16_t blind;       /* share of the attempts that were sent at a speed of which none tells */
};

/* Silent ports whose first attempt was listened to for longer than any of theirs was waited for:
 * does an answer come later than that? A sample. */
struct ptl_late {
    uint16_t listened;     /* ports; those that had an answer, and those listened to as long */
    uint16_t open, closed; /* of them, those that answered late */
    uint16_t waited_ms;    /* an attempt was waited for so long, at least */
    uint16_t slowest_ms;   /* the latest answer */
    uint16_t reach_ms;     /* the others were listened to for so long, by the median */
};

/* Resets that this machine sent for segments that no socket waited for, as SYN-ACKs are that come
 * too late. What is still on its way from a port that was found open causes some as well. */
struct ptl_resets_sent {
    uint64_t count, apart; /* apart: of them, those sent while no open port answered */
    bool is_known;
};

/* Of a run, or of one target. Attempts are those whose silence counts. */
struct ptl_evidence {
    uint64_t open[PTL_TRIES], closed[PTL_TRIES]; /* [k]: answered attempt k + 1 */
    uint64_t silent[PTL_TRIES];                  /* [k]: nothing answered, after k + 1 attempts */
    struct ptl_sentinels sentinels;
    struct ptl_late late;
    struct ptl_resets_sent resets; /* of a run */
};

/* The same of one target, as it is kept for up to 65,536 of them: of at most 65,535 ports. */
struct ptl_target_evidence {
    uint16_t open[PTL_TRIES], closed[PTL_TRIES], silent[PTL_TRIES];
    uint32_t asked, lost, slices;
    uint16_t alike, blind;
    struct ptl_late late;
};

/* The place of so many attempts in those lists. */
static inline unsigned ptl_evidence_place(unsigned attempts)
{
    return attempts < 1 ? 0 : attempts < PTL_TRIES ? attempts - 1 : PTL_TRIES - 1;
}

/* Ports of such a list. */
double ptl_evidence_ports(const uint64_t counts[PTL_TRIES]);
/* A port's verdict, after so many attempts, into one of the lists. */
void ptl_evidence_note(uint16_t counts[PTL_TRIES], unsigned attempts);

struct ptl_evidence ptl_evidence_of(const struct ptl_target_evidence *target);
/* The other way: of one target, whose counts have room. */
struct ptl_target_evidence ptl_evidence_of_target(const struct ptl_evidence *evidence);
/* Adds the target's ports to those of the run. */
void ptl_evidence_add(struct ptl_evidence *run, const struct ptl_target_evidence *target);
/* Adds the ports and the sentinels of another run, of others. */
void ptl_evidence_sum(struct ptl_evidence *run, const struct ptl_evidence *other);
/* Adds what another run knows of the same target, or another part of the same run. */
void ptl_evidence_join(struct ptl_target_evidence *target, const struct ptl_target_evidence *other);
void ptl_sentinels_join(struct ptl_sentinels *sum, const struct ptl_sentinels *other);
/* Adds what was listened to elsewhere. */
void ptl_late_join(struct ptl_late *sum, const struct ptl_late *other);
/* Adds those of another run. Where nothing is known of one, nothing is of both. */
void ptl_resets_join(struct ptl_resets_sent *sum, const struct ptl_resets_sent *other);
/* Of a target: the sentinels of the run that was about nothing else. */
void ptl_evidence_set_sentinels(struct ptl_target_evidence *target,
                                const struct ptl_sentinels *sentinels);
/* Do the lists tell of no more ports than there are: open, closed, filtered? */
bool ptl_evidence_fits(const struct ptl_evidence *evidence, uint64_t open, uint64_t closed,
                       uint64_t filtered);

#endif
