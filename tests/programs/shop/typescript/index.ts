// The shop: the same program as in the folders beside this one, in TypeScript.
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { OrdersDatabase } from "./orders/database";

export = async () => {
    const password = new pulumi.Config().requireSecret("database-password");
    const client = await gcp.organizations.getClientConfig();
    const database = new OrdersDatabase("orders").instance;
    new gcp.sql.User("app", { instance: database.name, password });
    new gcp.sql.User("reports", {
        instance: database.name,
        password: "written-in-the-program",
    });
    const bucket = new gcp.storage.Bucket("invoices", {
        location: client.region,
        publicAccessPrevention: "inherited",
    });
    return { invoices: bucket.url };
};
