import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import type { DeliveryShown } from "@/api/types";
import { Dialog } from "@/components/Dialog";
import { Failure } from "@/components/Notice";
import { Skeleton } from "@/components/Skeleton";
import { dateTime, duration } from "@/texts/format";

import styles from "./Deliveries.module.css";
import { Outcome } from "./Outcome";
import { deliveryQuery } from "./queries";

interface Props {
  webhookId: string;
  deliveryId: string;
  onClose: () => void;
}

/** One delivery: every attempt, and the message as it is sent. */
export default function DeliveryDialog({ webhookId, deliveryId, onClose }: Props) {
  const { t } = useTranslation();
  const found = useQuery(deliveryQuery(webhookId, deliveryId));
  return (
    <Dialog open onClose={onClose} title={t("admin.hooks.deliveryTitle")} look="side">
      {found.isPending && <Skeleton height="240px" />}
      {found.isError && <Failure error={found.error} retry={() => void found.refetch()} />}
      {found.data && <Parts delivery={found.data} />}
    </Dialog>
  );
}

function Parts({ delivery }: { delivery: DeliveryShown }) {
  const { t } = useTranslation();
  return (
    <div className={styles.parts}>
      <section className={styles.attempts}>
        <h3>{t("admin.hooks.log")}</h3>
        {delivery.log.length === 0 && <p className={styles.none}>{t("admin.hooks.logNone")}</p>}
        <ol className={styles.attempts}>
          {delivery.log.map((attempt) => (
            <li key={attempt.at} className={styles.attempt}>
              <time dateTime={attempt.at}>{dateTime(attempt.at)}</time>
              <Outcome attempt={attempt} />
              <span>{duration(attempt.milliseconds)}</span>
            </li>
          ))}
        </ol>
      </section>
      <section className={styles.attempts}>
        <h3>{t("admin.hooks.message")}</h3>
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls */}
        <pre className={styles.body} tabIndex={0}>
          {JSON.stringify(delivery.body, null, 2)}
        </pre>
      </section>
    </div>
  );
}
