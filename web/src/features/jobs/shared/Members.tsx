import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import type { JobMember } from "@/api/types";
import { Badge } from "@/components/Badge";
import { MoreButton, QueryState } from "@/components/QueryState";

import styles from "./Members.module.css";
import { Picture } from "./Picture";
import { membersQuery } from "./queries";
import { Steer } from "./Steer";
import { kindName, memberName } from "./told";
import { WentWrong } from "./WentWrong";
import { TONES } from "./words";

/** What belongs to a job, what failed first. */
export function Members({ id, name }: { id: string; name: string }) {
  const { t } = useTranslation();
  const found = useInfiniteQuery(membersQuery(id));
  const members = found.data?.pages.flatMap((page) => page.members) ?? [];
  return (
    <div className={styles.members}>
      <QueryState query={found} height="120px" />
      <ul aria-label={t("jobs.membersOf", { name })}>
        {members.map((member) => (
          <Member key={member.job.id} {...member} />
        ))}
      </ul>
      <MoreButton query={found} size="small" />
    </div>
  );
}

function Member({ job, product }: JobMember) {
  const { t } = useTranslation();
  const name = memberName(t, job, product);
  return (
    <li className={styles.member}>
      <Picture kind={job.kind} products={product ? [product] : []} />
      <div className={styles.what}>
        <Link to="/jobs/$jobId" params={{ jobId: job.id }} className={styles.name}>
          {product?.title ?? kindName(t, job.kind)}
        </Link>
        {product && <span className={styles.kind}>{kindName(t, job.kind)}</span>}
      </div>
      <Badge tone={TONES[job.status]}>{t(`jobs.status.${job.status}`)}</Badge>
      <span className={styles.actions}>
        {job.status === "failed" && <Steer job={job} size="small" name={name} />}
      </span>
      <WentWrong job={job} />
    </li>
  );
}
