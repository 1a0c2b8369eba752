import * as gcp from "@pulumi/gcp";

/** The database that keeps the orders. */
export class OrdersDatabase {
    public readonly instance: gcp.sql.DatabaseInstance;

    constructor(name: string) {
        this.instance = new gcp.sql.DatabaseInstance(name, {
            databaseVersion: "POSTGRES_17",
            settings: {
                tier: "db-f1-micro",
                ipConfiguration: { ipv4Enabled: true, sslMode: "ENCRYPTED_ONLY" },
            },
        });
    }
}
