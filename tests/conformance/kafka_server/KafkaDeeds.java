// What customers do with a broker of Apache Kafka, by its own clients.
//
// Each line of the input is a deed, its words apart by tabs: number, address, user, deed, topic.
// Each line of the output is what came of one: number, code, name of the error, milliseconds, text.
// The code is that of Kafka's protocol, 0 where the broker did it, -1 where it did not answer.

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

public final class KafkaDeeds {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  // Clients that were there before a restriction, by topic: they notice it without connecting anew.
  private static final Map<String, KafkaProducer<String, String>> PRODUCERS =
      new ConcurrentHashMap<>();
  private static final Map<String, KafkaConsumer<String, String>> CONSUMERS =
      new ConcurrentHashMap<>();

  private final Map<String, Object> settings = new HashMap<>();
  private final String client;
  private final String topic;

  private KafkaDeeds(String address, String user, String topic) {
    this.client = String.join(" ", address, user, topic);
    this.topic = topic;
    int patience = (int) PATIENCE.toMillis();
    settings.put("bootstrap.servers", address);
    settings.put("security.protocol", "SASL_PLAINTEXT");
    settings.put("sasl.mechanism", "PLAIN");
    String login = "org.apache.kafka.common.security.plain.PlainLoginModule required";
    String secret = "secret-of-" + user;
    settings.put(
        "sasl.jaas.config", login + " username=\"" + user + "\" password=\"" + secret + "\";");
    settings.put("request.timeout.ms", patience);
    settings.put("default.api.timeout.ms", patience);
    settings.put("max.block.ms", patience);
    settings.put("delivery.timeout.ms", patience);
    settings.put("linger.ms", 0);
    settings.put("key.serializer", StringSerializer.class);
    settings.put("value.serializer", StringSerializer.class);
    settings.put("key.deserializer", StringDeserializer.class);
    settings.put("value.deserializer", StringDeserializer.class);
    settings.put("auto.offset.reset", "earliest");
    settings.put("enable.auto.commit", false);
  }

  private KafkaProducer<String, String> producer(boolean idempotent) {
    settings.put("enable.idempotence", idempotent);
    return new KafkaProducer<>(settings);
  }

  private String send(KafkaProducer<String, String> producer) throws Exception {
    return "offset " + producer.send(new ProducerRecord<>(topic, "invented")).get().offset();
  }

  private String produce(boolean idempotent) throws Exception {
    try (KafkaProducer<String, String> producer = producer(idempotent)) {
      return send(producer);
    }
  }

  private String receive(KafkaConsumer<String, String> consumer) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(200));
      if (!records.isEmpty()) {
        return records.iterator().next().value();
      }
    }
    throw new TimeoutException("no record came");
  }

  private String fetch(KafkaConsumer<String, String> consumer) {
    List<TopicPartition> all = List.of(new TopicPartition(topic, 0));
    consumer.assign(all);
    consumer.seekToBeginning(all);
    return receive(consumer);
  }

  private String fetch() {
    try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings)) {
      return fetch(consumer);
    }
  }

  private String fetchAsBefore() {
    KafkaConsumer<String, String> consumer =
        CONSUMERS.computeIfAbsent(client, unused -> new KafkaConsumer<>(settings));
    synchronized (consumer) {
      return fetch(consumer);
    }
  }

  private String consume() {
    settings.put("group.id", "group-" + client.hashCode() + "-" + System.nanoTime());
    try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings)) {
      consumer.subscribe(List.of(topic));
      String received = receive(consumer);
      consumer.commitSync();
      return received;
    }
  }

  private String configure(Admin admin) throws Exception {
    ConfigEntry entry = new ConfigEntry("retention.ms", "3600000");
    AlterConfigOp op = new AlterConfigOp(entry, AlterConfigOp.OpType.SET);
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    admin.incrementalAlterConfigs(Map.of(resource, List.of(op))).all().get();
    return "configured";
  }

  private String administer(String deed) throws Exception {
    try (Admin admin = Admin.create(settings)) {
      switch (deed) {
        case "create":
          admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
          return "created";
        case "delete":
          admin.deleteTopics(List.of(topic)).all().get();
          return "deleted";
        case "describe":
          return admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).name();
        case "list":
          return admin.listTopics().names().get().contains(topic) ? "listed" : "not listed";
        case "configure":
          return configure(admin);
        default:
          throw new IllegalArgumentException(deed);
      }
    }
  }

  private String does(String deed) throws Exception {
    switch (deed) {
      case "produce":
        return produce(true);
      case "produce plainly":
        return produce(false);
      case "produce as before":
        return send(PRODUCERS.computeIfAbsent(client, unused -> producer(false)));
      case "fetch":
        return fetch();
      case "fetch as before":
        return fetchAsBefore();
      case "consume":
        return consume();
      default:
        return administer(deed);
    }
  }

  private static String[] outcome(String[] words) {
    try {
      String said = new KafkaDeeds(words[1], words[2], words[4]).does(words[3]);
      return new String[] {"0", "NONE", said};
    } catch (Exception caught) {
      Throwable error = caught;
      while (error instanceof ExecutionException && error.getCause() != null) {
        error = error.getCause();
      }
      Errors known = Errors.forException(error);
      String code = error instanceof TimeoutException ? "-1" : String.valueOf(known.code());
      return new String[] {code, known.name(), String.valueOf(error).replaceAll("\\s", " ")};
    }
  }

  private static void perform(String[] words) {
    long begun = System.nanoTime();
    String[] came = outcome(words);
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    synchronized (System.out) {
      System.out.println(String.join("\t", words[0], came[0], came[1], "" + millis, came[2]));
    }
  }

  public static void main(String[] arguments) throws Exception {
    ExecutorService pool = Executors.newCachedThreadPool();
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      String[] words = line.split("\t");
      pool.execute(() -> perform(words));
    }
    System.exit(0);
  }
}
