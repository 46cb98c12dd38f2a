const pulumi = require("@pulumi/pulumi");
const random = require("@pulumi/random");

const config = new pulumi.Config();
const { result } = new random.RandomPassword("password", { length: config.requireNumber("length") });
exports.password = result;
